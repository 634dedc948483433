export const BROKER_KINDS = ['kafscale-s3', 'kafscale-local', 'apache-kafka'] as const;

/** Ours on S3 and etcd, ours on a local directory, and the peer; `external` is one that runs already. */
export type BrokerKind = (typeof BROKER_KINDS)[number] | 'external';

export interface BrokerUnderTest {
  readonly kind: BrokerKind;
  /** `host:port` */
  readonly bootstrap: string;
  /** The broker's process, where we know it. */
  readonly pid: number | undefined;
  /**
   * Ends the broker at once and starts it again on its data, so that nothing it wrote is in its memory; undefined where
   * that can't be done.
   */
  readonly restart: (() => Promise<void>) | undefined;
  stop(): Promise<void>;
}
