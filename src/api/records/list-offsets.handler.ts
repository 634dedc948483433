/*
 * ListOffsets: the start, the end, or the first record at or after a time.
 *
 * - Only the leader answers, inside its lease; the epoch that the client believes in is checked (KIP-320).
 * - latest (−1) is the high watermark, also for read_committed: there are no transactions.
 * - There is no tier below this log: earliest local (−4) is the log start, the last tiered offset (−5) doesn't exist, and
 *   everything from the end on is pending (−6).
 * - By time, and for the largest timestamp (−3), the exact record is found: the batch that holds it is decompressed.
 * - A partition that is asked for twice is answered INVALID_REQUEST, as Apache Kafka does.
 */
import type { PartitionLog } from '../../log/partition-log.js';
import type { PartitionLogs } from '../../log/partition-logs.js';
import { firstRecordAtOrAfter, recordWithMaxTimestamp } from '../../log/timestamp-search.js';
import type { Logger } from '../../logging/logger.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { ZERO_UUID, type RequestOf, type ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { ListOffsets } from '../../protocol/schema/list-offsets.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/handler.js';
import type { RequestContext } from '../../protocol/transport/request-context.js';
import { checkLeaderEpoch, findLog, findTopic } from './partition-lookup.js';

type Request = RequestOf<typeof ListOffsets>;
type Response = ResponseInput<typeof ListOffsets>;
type PartitionRequest = Request['topics'][number]['partitions'][number];
type PartitionResponse = Response['topics'][number]['partitions'][number];

/** Special values of the timestamp, and the version that brought each. */
const Special = {
  LATEST: -1,
  EARLIEST: -2,
  MAX_TIMESTAMP: -3,
  EARLIEST_LOCAL: -4,
  LATEST_TIERED: -5,
  EARLIEST_PENDING_UPLOAD: -6,
} as const;

const FIRST_VERSION_WITH: ReadonlyMap<number, number> = new Map([
  [Special.LATEST, 0],
  [Special.EARLIEST, 0],
  [Special.MAX_TIMESTAMP, 7],
  [Special.EARLIEST_LOCAL, 8],
  [Special.LATEST_TIERED, 9],
  [Special.EARLIEST_PENDING_UPLOAD, 11],
]);

const NOT_FOUND = { timestamp: -1, offset: -1, leaderEpoch: -1 };

@KafkaApi(ListOffsets)
export class ListOffsetsHandler implements KafkaApiHandler<typeof ListOffsets> {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly logs: PartitionLogs,
    private readonly logger: Logger,
  ) {}

  async handle(request: Request, context: RequestContext): Promise<Response> {
    const topics = await Promise.all(
      request.topics.map(async ({ name, partitions }) => ({
        name,
        partitions: await Promise.all(
          partitions.map((partition) => {
            const times = partitions.filter((other) => other.partitionIndex === partition.partitionIndex).length;
            return this.answer(name, partition, times > 1, context.apiVersion);
          }),
        ),
      })),
    );
    return { topics };
  }

  errorResponse(request: Request, code: ErrorCode): Response {
    return {
      topics: request.topics.map(({ name, partitions }) => ({
        name,
        partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: code, ...NOT_FOUND })),
      })),
    };
  }

  private async answer(
    topicName: string,
    partition: PartitionRequest,
    isDuplicate: boolean,
    version: number,
  ): Promise<PartitionResponse> {
    const { partitionIndex, timestamp, currentLeaderEpoch } = partition;
    try {
      if (isDuplicate) throw new KafkaError(ErrorCode.INVALID_REQUEST, 'the partition is asked for twice');
      const topic = findTopic(this.catalogue, { name: topicName, topicId: ZERO_UUID }, false);
      const log = findLog(this.logs, topic, partitionIndex);
      checkLeaderEpoch(log, currentLeaderEpoch);
      if (!log.isLeading) throw new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER);
      return { partitionIndex, errorCode: ErrorCode.NONE, ...(await lookUp(log, timestamp, version)) };
    } catch (error) {
      return { partitionIndex, errorCode: this.codeOf(error, topicName, partitionIndex), ...NOT_FOUND };
    }
  }

  private codeOf(error: unknown, topic: string, partition: number): ErrorCode {
    if (error instanceof KafkaError) return error.code;
    this.logger.error({ event: 'list_offsets_failed', topic, partition, err: error }, 'the log could not be searched');
    return ErrorCode.KAFKA_STORAGE_ERROR;
  }
}

async function lookUp(log: PartitionLog, timestamp: number, version: number) {
  if (timestamp < 0 && version < (FIRST_VERSION_WITH.get(timestamp) ?? Infinity)) {
    throw new KafkaError(ErrorCode.UNSUPPORTED_VERSION, `timestamp ${timestamp} is not known in version ${version}`);
  }
  const at = (offset: number) => ({ timestamp: -1, offset, leaderEpoch: log.leaderEpoch });
  switch (timestamp) {
    case Special.LATEST:
    case Special.EARLIEST_PENDING_UPLOAD:
      return at(log.highWatermark);
    case Special.EARLIEST:
    case Special.EARLIEST_LOCAL:
      return at(log.logStartOffset);
    case Special.LATEST_TIERED:
      return NOT_FOUND;
    case Special.MAX_TIMESTAMP:
      return (await recordWithMaxTimestamp(log)) ?? NOT_FOUND;
    default:
      return (await firstRecordAtOrAfter(log, timestamp)) ?? NOT_FOUND;
  }
}
