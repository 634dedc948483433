/** What a client does to the topic of a run, until it is stopped. */
export interface LoadPlan {
  /** `host:port` of brokers. */
  readonly bootstrap: readonly string[];
  readonly topic: string;
  readonly partitions: number;
  /** Of the client: what it writes names it. */
  readonly name: string;
  /** Between two batches that it sends. */
  readonly intervalMs: number;
  readonly role: 'produce' | 'group';
  /** Of role `group`. */
  readonly group?: string;
  /** Settings by the library's own names. */
  readonly config?: Readonly<Record<string, string | number | boolean>>;
}
