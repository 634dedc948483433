/** What the load process can be told to do, and what it reports. Plain data: it crosses a process boundary. */

interface Target {
  /** `host:port` */
  readonly bootstrap: string;
  readonly topic: string;
  readonly partitions: number;
}

/** Makes the topic and waits until every partition can be used. */
export interface CreateTopicJob extends Target {
  readonly kind: 'create-topic';
}

/** Sends records as fast as the broker takes them; every request holds one batch for each partition. */
export interface ProduceJob extends Target {
  readonly kind: 'produce';
  readonly batchBytes: number;
  readonly connections: number;
  /** Requests that each connection has on the way. */
  readonly inFlight: number;
  /** Stops when so many bytes of batches are acknowledged… */
  readonly totalBytes: number;
  /** … or this time has passed, ms. */
  readonly limitMs: number;
}

/** Reads all partitions from offset 0 to where they end at the start of the job. */
export interface ConsumeJob extends Target {
  readonly kind: 'consume';
  readonly connections: number;
  /** How often everything is read. */
  readonly passes: number;
}

/** Sends one record at a time, each when the one before is acknowledged and the pause is over. */
export interface AckJob extends Target {
  readonly kind: 'acks';
  readonly count: number;
  readonly pauseMs: number;
}

/** Sends records one by one at a fixed rate, round robin over the partitions, and reads them back by long poll. */
export interface TrickleJob extends Target {
  readonly kind: 'trickle';
  readonly recordsPerSecond: number;
  readonly durationMs: number;
}

export type Job = CreateTopicJob | ProduceJob | ConsumeJob | AckJob | TrickleJob;

/** Bytes of record batches moved, and how long that took. */
export interface Transfer {
  readonly bytes: number;
  readonly seconds: number;
}

export interface Latencies {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface TrickleResult {
  /** From sending a record to its acknowledgement. */
  readonly ack: Latencies;
  /** From sending a record to its arrival at a consumer. */
  readonly endToEnd: Latencies;
}

export interface Results {
  'create-topic': null;
  produce: Transfer & { readonly ack: Latencies };
  consume: Transfer & { readonly requests: number };
  acks: Latencies;
  trickle: TrickleResult;
}

export type ResultOf<J extends Job> = Results[J['kind']];
