/*
 * ElectLeaders: elects leaders of partitions (KIP-460). The cluster keeps every partition led by a live broker by itself.
 *
 * - A partition that has a leader: ELECTION_NOT_NEEDED, whichever election is wanted. When all partitions are asked for
 *   (null), those are left out, as Apache Kafka does.
 * - Without a leader: there is none to be had at the moment, PREFERRED_LEADER_NOT_AVAILABLE or, for an unclean election,
 *   ELIGIBLE_LEADERS_NOT_AVAILABLE.
 */
import type { ClusterView } from '../../cluster/cluster-view.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { ZERO_UUID, type RequestOf, type ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { ElectLeaders } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';
import { findTopic, requirePartition } from '../records/partition-lookup.js';

type Request = RequestOf<typeof ElectLeaders>;
type Response = ResponseInput<typeof ElectLeaders>;
type TopicResult = Response['replicaElectionResults'][number];
type PartitionResult = TopicResult['partitionResult'][number];

const PREFERRED = 0;
const UNCLEAN = 1;

@KafkaApi(ElectLeaders)
export class ElectLeadersHandler implements KafkaApiHandler<typeof ElectLeaders> {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly cluster: ClusterView,
  ) {}

  handle(request: Request): Response {
    const { electionType, topicPartitions } = request;
    if (electionType !== PREFERRED && electionType !== UNCLEAN) {
      throw new KafkaError(ErrorCode.INVALID_REQUEST, `There is no election of type ${electionType}.`);
    }
    const results = (topicPartitions ?? this.allPartitions()).map(({ topic, partitions }) => ({
      topic,
      partitionResult: partitions.map((partition) => this.elect(topic, partition, electionType)),
    }));
    return {
      errorCode: ErrorCode.NONE,
      replicaElectionResults: topicPartitions === null ? withoutUnneeded(results) : results,
    };
  }

  errorResponse(request: Request, code: ErrorCode, message: string): Response {
    return {
      errorCode: code,
      replicaElectionResults: (request.topicPartitions ?? []).map(({ topic, partitions }) => ({
        topic,
        partitionResult: partitions.map((partition) => resultOf(partition, new KafkaError(code, message))),
      })),
    };
  }

  private allPartitions(): { topic: string; partitions: number[] }[] {
    return this.catalogue.all().map(({ name, partitionCount }) => ({
      topic: name,
      partitions: Array.from({ length: partitionCount }, (_, index) => index),
    }));
  }

  private elect(topicName: string, partition: number, electionType: number): PartitionResult {
    try {
      const topic = findTopic(this.catalogue, { name: topicName, topicId: ZERO_UUID }, false);
      requirePartition(topic, partition);
      if (this.cluster.leaderOf(topic, partition) !== undefined) {
        throw new KafkaError(ErrorCode.ELECTION_NOT_NEEDED, 'The partition has a live leader.');
      }
      throw new KafkaError(
        electionType === PREFERRED
          ? ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE
          : ErrorCode.ELIGIBLE_LEADERS_NOT_AVAILABLE,
        'No broker can lead the partition at the moment.',
      );
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      return resultOf(partition, error);
    }
  }
}

function withoutUnneeded(results: readonly TopicResult[]): TopicResult[] {
  return results.flatMap(({ topic, partitionResult }) => {
    const needed = partitionResult.filter(({ errorCode }) => errorCode !== ErrorCode.ELECTION_NOT_NEEDED);
    return needed.length > 0 ? { topic, partitionResult: needed } : [];
  });
}

function resultOf(partitionId: number, { code, message }: KafkaError): PartitionResult {
  return { partitionId, errorCode: code, errorMessage: message };
}
