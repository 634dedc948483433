import type { ConsumerMember } from './member.js';
import type { Partitions } from './partitions.js';

export interface MemberSnapshot {
  readonly member: ConsumerMember;
  /** What it is to have. */
  readonly target: Partitions;
  /** The epoch at which it got a partition that it has. */
  readonly epochOf: (topicId: string, partition: number) => number;
}

/** A consumer group as it is stored. */
export interface ConsumerGroupSnapshot {
  readonly groupId: string;
  readonly groupEpoch: number;
  readonly targetEpoch: number;
  /** Wall-clock time when it last became empty or ceased to be, ms. */
  readonly changedAt: number;
  /** Of the topics that it subscribes to. */
  readonly fingerprint: string;
  readonly assignorName: string;
  /** In the order in which they came. */
  readonly members: readonly MemberSnapshot[];
}
