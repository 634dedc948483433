import { ErrorCode, KafkaError } from '../../protocol/errors.js';

export interface ManualAssignment {
  readonly numPartitions: number;
  readonly replicationFactor: number;
  /** At least one. */
  readonly assignments: readonly { readonly partitionIndex: number; readonly brokerIds: readonly number[] }[];
}

const NOT_GIVEN = -1;

/**
 * Checks a manual assignment as Apache Kafka does: it takes the place of both numbers, its partitions are numbered from
 * 0 without a gap, and each lists known brokers, all equally many, none twice.
 *
 * @returns the number of partitions
 * @throws KafkaError INVALID_REQUEST or INVALID_REPLICA_ASSIGNMENT
 */
export function partitionsOfAssignment(topic: ManualAssignment, knownBrokers: ReadonlySet<number>): number {
  const { assignments } = topic;
  if (topic.numPartitions !== NOT_GIVEN || topic.replicationFactor !== NOT_GIVEN) {
    throw new KafkaError(
      ErrorCode.INVALID_REQUEST,
      'With a manual assignment, partitions and replication factor must be -1.',
    );
  }
  const indexes = assignments.map(({ partitionIndex }) => partitionIndex).sort((a, b) => a - b);
  if (indexes.some((index, position) => index !== position)) {
    throw invalid('The partitions of a manual assignment must be numbered from 0 without a gap.');
  }
  checkBrokerLists(assignments, assignments[0]?.brokerIds.length ?? 0, knownBrokers);
  return assignments.length;
}

/**
 * Checks that each partition lists known brokers, none twice.
 *
 * @param factor how many each must list
 * @throws KafkaError INVALID_REPLICA_ASSIGNMENT
 */
export function checkBrokerLists(
  assignments: ManualAssignment['assignments'],
  factor: number,
  knownBrokers: ReadonlySet<number>,
): void {
  for (const { partitionIndex, brokerIds } of assignments) {
    if (brokerIds.length === 0) throw invalid(`Partition ${partitionIndex} is assigned to no broker.`);
    if (new Set(brokerIds).size !== brokerIds.length) throw invalid(`Partition ${partitionIndex} has a broker twice.`);
    if (brokerIds.length !== factor) throw invalid(`All partitions must have ${factor} replica(s).`);
    const unknown = brokerIds.find((id) => !knownBrokers.has(id));
    if (unknown !== undefined) throw invalid(`Partition ${partitionIndex} is assigned to unknown broker ${unknown}.`);
  }
}

function invalid(message: string): KafkaError {
  return new KafkaError(ErrorCode.INVALID_REPLICA_ASSIGNMENT, message);
}
