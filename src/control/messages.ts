/** Messages of `proto/control.proto`, as the proto loader has them. */

export interface PartitionRef {
  readonly topic: string;
  readonly partition: number;
}

export type PartitionState = 'assigned' | 'opening' | 'failed' | 'online' | 'releasing';

export interface PartitionStatus extends PartitionRef {
  readonly leader: boolean;
  readonly state: PartitionState;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly highWatermark: number;
  readonly leaderEpoch: number;
}

export interface BrokerStatus {
  readonly brokerId: string;
  readonly version: string;
  readonly ready: boolean;
  readonly partitions: readonly PartitionStatus[];
  readonly problems: readonly string[];
  readonly draining: boolean;
}

export interface DrainPartitionsRequest {
  readonly partitions: readonly PartitionRef[];
  readonly reason: string;
  readonly deadlineSeconds: number;
}

export interface DrainPartitionsResponse {
  readonly drained: readonly PartitionRef[];
  readonly pending: readonly PartitionRef[];
}

export interface TriggerFlushRequest {
  readonly partitions: readonly PartitionRef[];
  readonly allAssigned: boolean;
}

export interface TriggerFlushResponse {
  readonly flushed: readonly PartitionRef[];
}

export interface MetricsSample {
  readonly brokerId: string;
  /** Unix time, ms. */
  readonly timestampMs: number;
  readonly gauges: Readonly<Record<string, number>>;
  readonly counters: Readonly<Record<string, number>>;
}

export interface BrokerInfo {
  readonly brokerId: string;
  readonly host: string;
  readonly port: number;
  readonly rack: string;
  readonly version: string;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly draining: boolean;
  readonly controller: boolean;
  readonly groupSlots: number;
}

export interface ListBrokersResponse {
  readonly brokers: readonly BrokerInfo[];
}

export interface BrokerFormatLevels {
  readonly brokerId: string;
  readonly version: string;
  readonly minLevel: number;
  readonly maxLevel: number;
}

export interface DescribeFormatLevelResponse {
  readonly level: number;
  readonly highestLevel: number;
  readonly brokers: readonly BrokerFormatLevels[];
}

export interface FinalizeFormatLevelRequest {
  readonly level: number;
  readonly dryRun: boolean;
}

export interface FinalizeFormatLevelResponse {
  readonly level: number;
}

export interface AssignmentWatchRequest {
  readonly brokerId: string;
  readonly once: boolean;
}

export type AssignmentStatus = 'assigned' | 'online' | 'releasing' | 'released' | 'offline' | 'deleted';

export interface PartitionAssignmentEvent {
  readonly partition: PartitionRef;
  readonly brokerId: string;
  readonly status: AssignmentStatus;
  readonly epoch: number;
}
