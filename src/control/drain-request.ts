import type { ClusterMirror } from '../cluster/cluster-mirror.js';
import type { PartitionId } from '../metadata/partition-id.js';
import type { TopicCatalogue } from '../metadata/topic-catalogue.js';
import type { DrainPartitionsRequest, PartitionRef } from './messages.js';

const MAX_DEADLINE_SECONDS = 3600;

/** A drain can't be begun as it was asked for. */
export class DrainRefusedError extends Error {
  override readonly name = 'DrainRefusedError';

  constructor(
    readonly reason: 'not found' | 'invalid',
    message: string,
  ) {
    super(message);
  }
}

/** What a drain of named partitions is checked against. */
export interface DrainContext {
  readonly topics: Pick<TopicCatalogue, 'get'>;
  readonly mirror: Pick<ClusterMirror, 'assignment'>;
  readonly brokerId: number;
  /** Of the live incarnation. */
  readonly incarnationId: string | undefined;
}

/**
 * How long a drain may take, ms.
 *
 * @throws DrainRefusedError
 */
export function deadlineOf({ deadlineSeconds }: DrainPartitionsRequest, defaultDeadlineMs: number): number {
  if (deadlineSeconds >= 0 && deadlineSeconds <= MAX_DEADLINE_SECONDS) {
    return deadlineSeconds === 0 ? defaultDeadlineMs : deadlineSeconds * 1000;
  }
  throw new DrainRefusedError(
    'invalid',
    `deadline_seconds is ${deadlineSeconds}: allowed is 0 to ${MAX_DEADLINE_SECONDS}`,
  );
}

/**
 * The partitions by their ids, each once.
 *
 * @throws DrainRefusedError when one of them does not exist, or is not led by this broker
 */
export function partitionsToDrain(refs: readonly PartitionRef[], context: DrainContext): PartitionId[] {
  const ids = new Map<string, PartitionId>();
  for (const ref of refs) {
    const topic = context.topics.get(ref.topic);
    if (topic === undefined || ref.partition < 0 || ref.partition >= topic.partitionCount) {
      throw new DrainRefusedError('not found', `there is no partition ${ref.topic}:${ref.partition}`);
    }
    requireLed(ref, context);
    const { name: topicName, id: topicId } = topic;
    ids.set(`${topicId}/${ref.partition}`, { topicName, topicId, partition: ref.partition });
  }
  return [...ids.values()];
}

function requireLed({ topic, partition }: PartitionRef, { mirror, brokerId, incarnationId }: DrainContext): void {
  const assignment = mirror.assignment(topic, partition);
  const leader = assignment?.incarnationId === '' ? undefined : assignment;
  if (leader !== undefined && leader.incarnationId === incarnationId) return;
  const instead = leader === undefined ? 'has no leader' : `is led by broker ${leader.brokerId}`;
  throw new DrainRefusedError('invalid', `broker ${brokerId} does not lead ${topic}:${partition}, which ${instead}`);
}
