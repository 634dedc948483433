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
  /** That each read everything, at the same time. */
  readonly consumers: number;
  /** Of each consumer; no more than there are partitions. */
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

/**
 * Tries to produce one record to a partition until that succeeds, then to read the partition's first records. What a
 * client sees of a broker that starts.
 */
export interface FirstUseJob extends Target {
  readonly kind: 'first-use';
  readonly partition: number;
}

/** Has groups of consumers form, each member with a connection of its own. They stay until `close-groups`. */
export interface JoinGroupsJob extends Target {
  readonly kind: 'join-groups';
  readonly groups: number;
  readonly membersPerGroup: number;
}

/** Waits while the members of the groups send their heartbeats. */
export interface HeartbeatsJob {
  readonly kind: 'heartbeats';
  readonly durationMs: number;
}

/** Has one member leave, and waits until the rest of its group has settled. */
export interface LeaveGroupJob {
  readonly kind: 'leave-group';
}

export interface CloseGroupsJob {
  readonly kind: 'close-groups';
}

/** Commits offsets without membership, round robin over all partitions of all groups. */
export interface CommitOffsetsJob extends Target {
  readonly kind: 'commit-offsets';
  readonly groups: number;
  readonly connections: number;
  /** Of one group; divides `partitions`. */
  readonly offsetsPerRequest: number;
  /** At a fixed rate, or each connection as much as it may have in flight. */
  readonly pace: { readonly offsetsPerSecond: number } | 'as fast as possible';
  /** Requests that each connection has on the way when there is no rate. */
  readonly inFlight: number;
  readonly durationMs: number;
}

/** Opens connections, all at once. They stay until `close-connections`. */
export interface OpenConnectionsJob {
  readonly kind: 'open-connections';
  /** `host:port` */
  readonly bootstrap: string;
  readonly connections: number;
}

/** Sends a Metadata request on each of them at the same time. */
export interface AskConnectionsJob {
  readonly kind: 'ask-connections';
}

export interface CloseConnectionsJob {
  readonly kind: 'close-connections';
}

export type Job =
  | CreateTopicJob
  | ProduceJob
  | ConsumeJob
  | AckJob
  | TrickleJob
  | FirstUseJob
  | JoinGroupsJob
  | HeartbeatsJob
  | LeaveGroupJob
  | CloseGroupsJob
  | CommitOffsetsJob
  | OpenConnectionsJob
  | AskConnectionsJob
  | CloseConnectionsJob;

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

export interface CommitResult {
  /** Offsets that were acknowledged. */
  readonly offsets: number;
  /** Requests that were answered with an error, such as when the metadata store takes too long. */
  readonly refused: number;
  readonly seconds: number;
  readonly ack: Latencies;
}

export interface Results {
  'create-topic': null;
  produce: Transfer & { readonly ack: Latencies };
  consume: Transfer & { readonly requests: number };
  acks: Latencies;
  trickle: TrickleResult;
  /** Both from the start of the job, seconds. */
  'first-use': { readonly producedAfter: number; readonly fetchedAfter: number };
  'join-groups': { readonly seconds: number };
  heartbeats: { readonly count: number; readonly latency: Latencies };
  'leave-group': { readonly seconds: number };
  'close-groups': null;
  'commit-offsets': CommitResult;
  'open-connections': { readonly seconds: number };
  'ask-connections': { readonly answered: number; readonly latency: Latencies };
  'close-connections': null;
}

export type ResultOf<J extends Job> = Results[J['kind']];
