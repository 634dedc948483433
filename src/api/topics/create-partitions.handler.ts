/*
 * CreatePartitions: raises the number of partitions of topics, each with its own result.
 *
 * - A topic that is there twice is INVALID_REQUEST; unknown: UNKNOWN_TOPIC_OR_PARTITION; a number that is no increase:
 *   INVALID_PARTITIONS. A request may validate only.
 * - A manual assignment lists the brokers of each added partition, as many as the topic was created with, and known
 *   ones, else INVALID_REPLICA_ASSIGNMENT. The cluster places leaders by itself.
 * - The answer waits for the leaders of the new partitions as long as the timeout allows.
 */
import type { ClusterView } from '../../cluster/cluster-view.js';
import type { Logger } from '../../logging/logger.js';
import { requireMorePartitions, type Topic, type TopicCatalogue } from '../../metadata/topic-catalogue.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { CreatePartitions } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';
import {
  asKafkaError,
  duplicatesOf,
  MAX_NEW_PARTITIONS_PER_REQUEST,
  MIN_TIMEOUT_MS,
  requireAdminApis,
  requireFewerPartitions,
  type AdminOptions,
} from '../admin-requests.js';
import { checkBrokerLists } from './manual-assignment.js';

type Request = RequestOf<typeof CreatePartitions>;
type Response = ResponseInput<typeof CreatePartitions>;
type TopicRequest = Request['topics'][number];
type TopicResult = Response['results'][number];

/** Answers wait this long at most for leaders, ms. */
const LEADERS_TIMEOUT_MS = 5000;

@KafkaApi(CreatePartitions)
export class CreatePartitionsHandler implements KafkaApiHandler<typeof CreatePartitions> {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly cluster: ClusterView,
    private readonly logger: Logger,
    private readonly options: AdminOptions,
  ) {}

  async handle(request: Request): Promise<Response> {
    const duplicates = duplicatesOf(request.topics, ({ name }) => name);
    const results = [...duplicates].map((name) =>
      failure(name, new KafkaError(ErrorCode.INVALID_REQUEST, 'Duplicate topic name.')),
    );
    let added = 0;
    for (const topic of request.topics.filter(({ name }) => !duplicates.has(name))) {
      try {
        added += await this.increase(topic, request, MAX_NEW_PARTITIONS_PER_REQUEST - added);
        results.push({ name: topic.name, errorCode: ErrorCode.NONE });
      } catch (error) {
        results.push(failure(topic.name, asKafkaError(error)));
      }
    }
    return { results };
  }

  errorResponse(request: Request, code: ErrorCode, message: string): Response {
    return { results: request.topics.map(({ name }) => failure(name, new KafkaError(code, message))) };
  }

  /** @returns how many partitions were added */
  private async increase(
    { name, count, assignments }: TopicRequest,
    { timeoutMs, validateOnly }: Request,
    mostToAdd: number,
  ): Promise<number> {
    requireAdminApis(this.options, 'create partitions');
    const topic = this.catalogue.get(name);
    if (topic === undefined) {
      throw new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `Topic "${name}" does not exist.`);
    }
    requireMorePartitions(topic, count);
    requireFewerPartitions(count);
    const added = count - topic.partitionCount;
    if (added > mostToAdd) {
      throw new KafkaError(
        ErrorCode.POLICY_VIOLATION,
        `A request adds at most ${MAX_NEW_PARTITIONS_PER_REQUEST} partitions.`,
      );
    }
    if (assignments !== null) this.checkAssignments(topic, added, assignments);
    if (validateOnly) return added;
    const changed = await this.catalogue.addPartitions(name, topic.id, count, Math.max(MIN_TIMEOUT_MS, timeoutMs));
    await this.cluster.whenLed(changed, Math.max(0, Math.min(timeoutMs, LEADERS_TIMEOUT_MS)));
    this.logger.info({ event: 'partitions_created', topic: name, partitions: count }, 'partitions created');
    return added;
  }

  private checkAssignments(topic: Topic, added: number, assignments: NonNullable<TopicRequest['assignments']>): void {
    if (assignments.length !== added) {
      throw new KafkaError(
        ErrorCode.INVALID_REPLICA_ASSIGNMENT,
        `${added} partition(s) are added, but ${assignments.length} are assigned to brokers.`,
      );
    }
    const lists = assignments.map(({ brokerIds }, index) => ({
      partitionIndex: topic.partitionCount + index,
      brokerIds,
    }));
    checkBrokerLists(lists, topic.replicationFactor, new Set(this.cluster.brokers().map(({ id }) => id)));
  }
}

function failure(name: string, { code, message }: KafkaError): TopicResult {
  return { name, errorCode: code, errorMessage: message };
}
