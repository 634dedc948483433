import type { Block } from '../../log/blocks.js';
import type { ColdData, LoadedData } from '../../log/cold-data.js';
import type { PartitionLogs } from '../../log/partition-logs.js';
import type { ReadableLog } from '../../log/readable-log.js';
import type { Topic, TopicCatalogue } from '../../metadata/topic-catalogue.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import type { RequestContext } from '../../protocol/transport/request-context.js';
import type { Fetch } from '../../protocol/schema/fetch.js';
import type { LeaderHints } from './leader-hints.js';
import { checkLeaderEpoch, findLog, findTopic } from './partition-lookup.js';
import type { ReplicaSelection } from './replica-selection.js';

type Request = RequestOf<typeof Fetch>;
type TopicRequest = Request['topics'][number];
type PartitionRequest = TopicRequest['partitions'][number];
type TopicResponse = ResponseInput<typeof Fetch>['responses'][number];
type PartitionResponse = TopicResponse['partitions'][number];

const FIRST_VERSION_WITH_TOPIC_IDS = 13;
/** Older clients don't know KAFKA_STORAGE_ERROR. */
const FIRST_VERSION_WITH_STORAGE_ERROR = 6;
const READ_COMMITTED = 1;

/** What a partition gave at the last look. */
interface PartitionResult {
  readonly request: PartitionRequest;
  log: ReadableLog | undefined;
  response: PartitionResponse;
  bytes: number;
  /** What the batches are of. */
  blocks: readonly Block[];
  /** The answer says that the log ends below the offset that was asked for. */
  tellsEnd: boolean;
}

/** Looks, as often as asked, at what the partitions of one fetch request have to give. */
export class FetchPass {
  /** What the last look found missing in memory. */
  cold: { readonly log: ReadableLog; readonly data: ColdData }[] = [];
  private readonly results: { readonly topic: TopicRequest; readonly partitions: PartitionResult[] }[];
  private readonly maxBytes: number;
  private loaded: LoadedData | undefined;
  private totalBytes = 0;
  /** Something was found that can't wait: an error, or where else to read. */
  private isDue = false;

  constructor(
    private readonly request: Request,
    private readonly context: Pick<RequestContext, 'apiVersion' | 'connectionId'>,
    private readonly catalogue: TopicCatalogue,
    private readonly partitionLogs: PartitionLogs,
    private readonly replicas: ReplicaSelection,
    private readonly hints: LeaderHints,
    maxResponseBytes: number,
  ) {
    this.maxBytes = Math.min(request.maxBytes, maxResponseBytes);
    this.results = request.topics.map((topic) => ({
      topic,
      partitions: topic.partitions.map((partition) => ({
        request: partition,
        log: undefined,
        response: emptyResponse(partition.partition),
        bytes: 0,
        blocks: [],
        tellsEnd: false,
      })),
    }));
  }

  /**
   * Looks at all partitions, in the order of the request.
   *
   * @param loaded what was read from the object store for this request
   * @returns whether the answer is due without waiting
   */
  run(loaded?: LoadedData): boolean {
    this.restart(loaded);
    for (const { topic, partitions } of this.results) {
      for (const result of partitions) this.look(topic, result);
    }
    const asksForNothing = this.request.topics.length === 0;
    const hasEnough = this.totalBytes >= this.request.minBytes && (this.totalBytes > 0 || this.cold.length === 0);
    return this.isDue || asksForNothing || hasEnough;
  }

  /** The logs of the partitions that were found. */
  get logs(): ReadableLog[] {
    return this.everyResult().flatMap(({ log }) => log ?? []);
  }

  get isEmpty(): boolean {
    return this.totalBytes === 0 && !this.isDue;
  }

  /** Tells the logs what they have given. */
  countServed(): void {
    for (const { log, blocks } of this.everyResult()) log?.served(blocks);
  }

  /** Turns partitions that can't be read into errors. */
  reportUnreadable(logs: ReadonlySet<ReadableLog>): void {
    const code =
      this.context.apiVersion >= FIRST_VERSION_WITH_STORAGE_ERROR
        ? ErrorCode.KAFKA_STORAGE_ERROR
        : ErrorCode.NOT_LEADER_OR_FOLLOWER;
    for (const result of this.everyResult()) {
      if (result.log !== undefined && logs.has(result.log)) result.response = { ...result.response, errorCode: code };
    }
  }

  /** Whether the answer tells a client that a log ends below the offset that it asks for, so that it starts over. */
  get tellsEnd(): boolean {
    return this.everyResult().some((result) => result.tellsEnd);
  }

  /** This broker leads nothing any more: who asked beyond the end of a log is to ask its leader. */
  withdrawEnds(): void {
    for (const result of this.everyResult()) {
      if (!result.tellsEnd) continue;
      result.response = { ...emptyResponse(result.request.partition), errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER };
    }
  }

  responses(): TopicResponse[] {
    return this.results.map(({ topic, partitions }) => ({
      topic: topic.topic,
      topicId: topic.topicId,
      partitions: partitions.map(({ response }) => response),
    }));
  }

  private restart(loaded: LoadedData | undefined): void {
    this.loaded = loaded;
    this.cold = [];
    this.totalBytes = 0;
    this.isDue = false;
  }

  private look(reference: TopicRequest, result: PartitionResult): void {
    result.bytes = 0;
    result.blocks = [];
    result.tellsEnd = false;
    let topic: Topic | undefined;
    try {
      topic = findTopic(
        this.catalogue,
        { name: reference.topic, topicId: reference.topicId },
        this.context.apiVersion >= FIRST_VERSION_WITH_TOPIC_IDS,
      );
      const log = this.findReadable(topic, result.request.partition);
      refuseReplicas(this.request);
      checkLeaderEpoch(log, result.request.currentLeaderEpoch);
      result.log = log;
      result.response = this.read(log, result);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      this.isDue = true;
      const pointsElsewhere =
        error.code === ErrorCode.NOT_LEADER_OR_FOLLOWER || error.code === ErrorCode.FENCED_LEADER_EPOCH;
      const currentLeader = pointsElsewhere && topic ? this.hints.hintFor(topic, result.request.partition) : undefined;
      result.tellsEnd = error instanceof BeyondEndError;
      result.response = {
        ...emptyResponse(result.request.partition),
        errorCode: error.code,
        ...(currentLeader && { currentLeader }),
      };
    }
  }

  /** Throws as {@link findLog}. */
  private findReadable(topic: Topic, partition: number): ReadableLog {
    const { rackId } = this.request;
    const log = this.partitionLogs.find(topic.id, partition) ?? this.replicas.followedLog(topic, partition, rackId);
    return log ?? findLog(this.partitionLogs, topic, partition);
  }

  private read(log: ReadableLog, result: PartitionResult): PartitionResponse {
    const { fetchOffset, partitionMaxBytes } = result.request;
    checkOffset(log, fetchOffset);
    const { rackId } = this.request;
    const preferred = log.isLeading
      ? this.replicas.preferredReplica(log, rackId, this.context.connectionId)
      : undefined;
    if (preferred !== undefined) {
      this.isDue = true;
      return { ...this.ends(log), preferredReadReplica: preferred, records: [] };
    }
    const limit = Math.min(partitionMaxBytes, this.maxBytes - this.totalBytes);
    const found = log.read(fetchOffset, limit, this.totalBytes === 0, this.loaded);
    if (found.cold !== undefined) this.cold.push({ log, data: found.cold });
    result.bytes = found.sizeBytes;
    result.blocks = found.blocks;
    this.totalBytes += found.sizeBytes;
    return { ...this.ends(log), records: joinSmall(found.batches, found.sizeBytes) };
  }

  private ends(log: ReadableLog): Omit<PartitionResponse, 'records'> {
    return {
      partitionIndex: log.partition,
      errorCode: ErrorCode.NONE,
      highWatermark: log.highWatermark,
      lastStableOffset: log.highWatermark,
      logStartOffset: log.logStartOffset,
      abortedTransactions: this.request.isolationLevel === READ_COMMITTED ? [] : null,
    };
  }

  private everyResult(): PartitionResult[] {
    return this.results.flatMap(({ partitions }) => partitions);
  }
}

/**
 * Partitions have no replicas here, so whoever fetches as one is mistaken. Apache Kafka answers the same to brokers that
 * are no replica of the partition.
 *
 * @throws KafkaError NOT_LEADER_OR_FOLLOWER
 */
function refuseReplicas({ replicaId, replicaState }: Request): void {
  if (replicaId >= 0 || replicaState.replicaId >= 0) throw new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER);
}

/** The offset is beyond the end that this broker knows: to be told only by a broker that leads the log for sure. */
class BeyondEndError extends KafkaError {
  constructor() {
    super(ErrorCode.OFFSET_OUT_OF_RANGE);
  }
}

/**
 * @throws KafkaError OFFSET_OUT_OF_RANGE when the offset is below the log start, BeyondEndError when it is beyond the log end;
 *   but NOT_LEADER_OR_FOLLOWER when this broker doesn't lead the log, and can't know
 */
function checkOffset(log: ReadableLog, offset: number): void {
  if (offset >= log.logStartOffset && offset <= log.logEndOffset) return;
  if (!log.isLeading) throw new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER);
  throw offset < log.logStartOffset ? new KafkaError(ErrorCode.OFFSET_OUT_OF_RANGE) : new BeyondEndError();
}

function emptyResponse(partition: number): PartitionResponse {
  return {
    partitionIndex: partition,
    errorCode: ErrorCode.NONE,
    highWatermark: -1,
    lastStableOffset: -1,
    logStartOffset: -1,
    abortedTransactions: null,
    records: [],
  };
}

/** Below this mean size copying batches together is cheaper than handing each to the socket, bytes. */
const WORTH_A_WRITE_BYTES = 1024;

function joinSmall(batches: readonly Buffer[], sizeBytes: number): readonly Buffer[] {
  return batches.length > 1 && sizeBytes < batches.length * WORTH_A_WRITE_BYTES ? [Buffer.concat(batches)] : batches;
}
