/*
 * Produce: appends each partition's batch and answers when all of them are committed.
 *
 * - Batches are appended in the order of the requests, before anything is awaited: pipelined requests keep their order.
 * - acks 1 and −1 mean the same: durable in the object store and committed (I1). acks 0 has no answer; an error closes the
 *   connection, which makes the client refresh its metadata.
 * - A partition whose commit takes longer than the request's timeout is answered REQUEST_TIMED_OUT; the batch may still
 *   become durable, and an idempotent producer's retry is then recognised (I8).
 * - While the object store takes no writes, new requests are refused with NOT_ENOUGH_REPLICAS before anything is appended:
 *   producers retry on it, it says "not written" (others leave that open), and no client looks for another leader.
 * - Transactions are refused: a transactional id with 53, a transactional batch with 48.
 */
import type { ClusterView } from '../../cluster/cluster-view.js';
import type { PartitionLogs } from '../../log/partition-logs.js';
import type { Topic, TopicCatalogue } from '../../metadata/topic-catalogue.js';
import type { TopicDefaults } from '../../metadata/topic-defaults.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { InvalidRecordsError } from '../../protocol/records/produce-rules.js';
import { parseProducedBatch } from '../../protocol/records/validate.js';
import { Produce } from '../../protocol/schema/produce.js';
import { CloseConnection } from '../../protocol/transport/close-connection.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/handler.js';
import type { RequestContext } from '../../protocol/transport/request-context.js';
import type { Clock } from '../../time/clock.js';
import { LeaderHints } from './leader-hints.js';
import { findLog, findTopic } from './partition-lookup.js';
import { produceRules, topicLogConfig } from './produce-rules.js';

type Request = RequestOf<typeof Produce>;
type Response = ResponseInput<typeof Produce>;
type TopicData = Request['topicData'][number];
type PartitionData = TopicData['partitionData'][number];
type PartitionResponse = Response['responses'][number]['partitionResponses'][number];

/** From this version on topics are named by id (KIP-516). */
const FIRST_VERSION_WITH_TOPIC_IDS = 13;

export interface ProduceOptions {
  /** Decompress and check every record, not only the batch header. */
  readonly deepValidation: boolean;
  /** How long producers should hold back, ms; told to them with every answer. */
  readonly throttleTimeMs: () => number;
  /** Whether the object store takes what is appended now, as far as is known. Asked once for each request. */
  readonly admitsWrites: () => boolean;
}

/** One partition of a request after its append: its answer, if `committed` resolves. */
interface AppendedPartition {
  readonly response: PartitionResponse;
  readonly committed: Promise<void> | undefined;
}

@KafkaApi(Produce)
export class ProduceHandler implements KafkaApiHandler<typeof Produce> {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly logs: PartitionLogs,
    private readonly cluster: ClusterView,
    private readonly topicDefaults: TopicDefaults,
    private readonly clock: Clock,
    private readonly options: ProduceOptions,
  ) {}

  handle(request: Request, context: RequestContext): Promise<Response | undefined> {
    const hints = new LeaderHints(this.cluster);
    const admitted = this.options.admitsWrites();
    const appended = request.topicData.map((topic) =>
      topic.partitionData.map((partition) =>
        admitted ? this.append(request, topic, partition, context.apiVersion, hints) : refused(partition.index),
      ),
    );
    return request.acks === 0 ? settleUnanswered(appended.flat()) : this.answerWhenCommitted(request, appended, hints);
  }

  errorResponse(request: Request, code: ErrorCode, message: string): Response {
    return {
      responses: request.topicData.map(({ name, topicId, partitionData }) => ({
        name,
        topicId,
        partitionResponses: partitionData.map(({ index }) => failure(index, new KafkaError(code, message))),
      })),
    };
  }

  private append(
    request: Request,
    reference: TopicData,
    partition: PartitionData,
    version: number,
    hints: LeaderHints,
  ): AppendedPartition {
    let topic: Topic | undefined;
    try {
      checkRequest(request);
      topic = findTopic(this.catalogue, reference, version >= FIRST_VERSION_WITH_TOPIC_IDS);
      return this.appendTo(topic, partition, version);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      const isElsewhere = error.code === ErrorCode.NOT_LEADER_OR_FOLLOWER;
      const currentLeader = isElsewhere && topic ? hints.hintFor(topic, partition.index) : undefined;
      return {
        response: { ...failure(partition.index, error), ...(currentLeader && { currentLeader }) },
        committed: undefined,
      };
    }
  }

  private appendTo(topic: Topic, partition: PartitionData, version: number): AppendedPartition {
    const log = findLog(this.logs, topic, partition.index);
    const now = this.clock.now();
    const config = topicLogConfig(topic, this.topicDefaults);
    const rules = produceRules(config, version, this.options.deepValidation, now);
    const batch = parseProducedBatch(partition.records, rules);
    if (batch.isTransactional) {
      throw new KafkaError(ErrorCode.INVALID_TXN_STATE, 'transactions are not supported');
    }
    const { logAppendTime } = config;
    if (logAppendTime) batch.stampLogAppendTime(now);
    const { baseOffset, committed } = log.append(batch);
    return {
      response: {
        index: partition.index,
        errorCode: ErrorCode.NONE,
        baseOffset,
        logAppendTimeMs: logAppendTime ? now : -1,
        logStartOffset: log.logStartOffset,
      },
      committed,
    };
  }

  /** Waits for all commits, but no longer than the request's timeout. */
  private async answerWhenCommitted(
    request: Request,
    appended: readonly (readonly AppendedPartition[])[],
    hints: LeaderHints,
  ): Promise<Response> {
    const { promise: expired, resolve: expire } = Promise.withResolvers<KafkaError>();
    const timer = this.clock.setTimer(Math.max(0, request.timeoutMs), () =>
      expire(new KafkaError(ErrorCode.REQUEST_TIMED_OUT, 'not committed within the timeout of the request')),
    );
    const responses = await Promise.all(
      request.topicData.map(async ({ name, topicId }, index) => ({
        name,
        topicId,
        partitionResponses: await Promise.all(
          (appended[index] ?? []).map((partition) => outcomeOf(partition, expired)),
        ),
      })),
    );
    timer.cancel();
    return { responses, nodeEndpoints: hints.nodeEndpoints(), throttleTimeMs: this.options.throttleTimeMs() };
  }
}

function refused(index: number): AppendedPartition {
  const error = new KafkaError(ErrorCode.NOT_ENOUGH_REPLICAS, 'the object store is unavailable: nothing was written');
  return { response: failure(index, error), committed: undefined };
}

/** The answer for a partition once its commit has settled, or the request has expired. */
async function outcomeOf(partition: AppendedPartition, expired: Promise<KafkaError>): Promise<PartitionResponse> {
  const { response, committed } = partition;
  if (committed === undefined) return response;
  const error = await Promise.race([committed.then(() => undefined, asKafkaError), expired]);
  return error === undefined ? response : failure(response.index, error);
}

/** Of acks 0: settles when everything is committed, so that the request's bytes count as in use until then. */
async function settleUnanswered(appended: readonly AppendedPartition[]): Promise<undefined> {
  const outcomes = await Promise.allSettled(appended.flatMap(({ committed }) => committed ?? []));
  const failed =
    appended.some(({ response }) => response.errorCode !== ErrorCode.NONE) ||
    outcomes.some(({ status }) => status === 'rejected');
  if (failed) throw new CloseConnection('a request with acks=0 failed');
  return undefined;
}

function checkRequest(request: Request): void {
  if (request.acks < -1 || request.acks > 1) {
    throw new KafkaError(ErrorCode.INVALID_REQUIRED_ACKS, `acks must be 0, 1 or -1, not ${request.acks}`);
  }
  if (request.transactionalId !== null) {
    throw new KafkaError(ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, 'transactions are not supported');
  }
}

function asKafkaError(error: unknown): KafkaError {
  if (error instanceof KafkaError) return error;
  throw error;
}

function failure(index: number, error: KafkaError): PartitionResponse {
  return {
    index,
    errorCode: error.code,
    baseOffset: -1,
    logAppendTimeMs: -1,
    logStartOffset: -1,
    recordErrors: error instanceof InvalidRecordsError ? [...error.recordErrors] : [],
    errorMessage: error.message,
  };
}
