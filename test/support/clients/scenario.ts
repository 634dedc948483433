/** Compression of produced batches. */
export type Codec = 'none' | 'gzip' | 'snappy' | 'lz4' | 'zstd';

export const codecs: readonly Codec[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

/** Text of a key or value, written shorter where it repeats itself. */
export type Text = string | { readonly repeat: string; readonly times: number } | null;

export interface RecordToProduce {
  readonly partition?: number;
  readonly key: Text;
  readonly value: Text;
  readonly headers?: readonly (readonly [name: string, value: string | null])[];
}

export interface ProduceStep {
  readonly op: 'produce';
  readonly topic: string;
  /** The library's default when left out. */
  readonly codec?: Codec;
  /** Producer settings by the library's own names. */
  readonly config?: Readonly<Record<string, string>>;
  readonly records: readonly RecordToProduce[];
}

export interface ConsumeStep {
  readonly op: 'consume';
  readonly topic: string;
  /** Consumer settings by the library's own names; the Go programs take none. */
  readonly config?: Readonly<Record<string, string>>;
  readonly partitions: readonly number[];
  readonly from: 'beginning' | { readonly offset: number } | { readonly timestamp: number };
  /** How many records there are to read, for programs that can't find the end themselves. */
  readonly count: number;
}

export type Step = ProduceStep | ConsumeStep;

/** A record as read back. */
export interface ReceivedRecord {
  readonly partition: number;
  readonly offset: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [name: string, value: string | null])[];
}

export interface Acknowledgement {
  /** Place of the record in its step; null for a batch as a whole. */
  readonly index: number | null;
  readonly partition: number;
  /** Null when the library doesn't tell. */
  readonly offset: number | null;
}

/** What happened in one step. */
export interface StepResult {
  readonly acked: Acknowledgement[];
  readonly records: ReceivedRecord[];
}

/** A Kafka client that tests can tell what to do. */
export interface ClientProgram {
  readonly name: string;
  /** Tools it needs, as named in `scripts/tools/`. */
  readonly tools: readonly string[];
  /** What its interface has no way to say; such things are left out of the records it is given. */
  readonly lacks: ReadonlySet<Lack>;
  /**
   * Carries out the steps in order.
   *
   * @throws {Error} when a step fails; the message carries the program's output
   */
  run(bootstrap: string, steps: readonly Step[]): Promise<StepResult[]>;
}

/**
 * - `consume`: can't read without a group
 * - `timestamp`: can't start reading at a time by itself
 * - `partition`: can't choose a record's partition
 * - `key-partition`: doesn't keep a key in one partition unless told to
 * - `empty`: can't tell an empty key or value from a null one
 * - `null-record`: refuses a record without key and value
 * - `null-header`: can't produce a header without a value
 */
export type Lack = 'consume' | 'timestamp' | 'partition' | 'key-partition' | 'empty' | 'null-record' | 'null-header';

/** What some client lacks in its records: without these, all of them can exchange records. */
export const unevenRecords: ReadonlySet<Lack> = new Set(['empty', 'null-record', 'null-header']);

type Event =
  | ({ readonly event: 'acked'; readonly step: number } & Acknowledgement)
  | ({ readonly event: 'record'; readonly step: number } & ReceivedRecord);

/** Sorts the events a program printed, one JSON a line, by step. */
export function parseEvents(stdout: string, stepCount: number): StepResult[] {
  const results = Array.from({ length: stepCount }, (): StepResult => ({ acked: [], records: [] }));
  for (const line of stdout.split('\n')) {
    if (line === '') continue;
    const { event, step, ...rest } = JSON.parse(line) as Event;
    if (event === 'acked') results[step]!.acked.push(rest as Acknowledgement);
    else results[step]!.records.push(rest as ReceivedRecord);
  }
  return results;
}

/** The text itself, as it is read back. */
export function expand(text: Text): string | null {
  return text === null || typeof text === 'string' ? text : text.repeat.repeat(text.times);
}
