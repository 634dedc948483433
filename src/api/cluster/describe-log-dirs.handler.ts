/*
 * DescribeLogDirs: how much the partitions that this broker leads take in the object store (KIP-113).
 *
 * - The one directory stands for the object store. Every partition is listed by its leader alone, so that sums over all
 *   brokers count nothing twice.
 * - A size is that of the record batches that were not deleted, in bytes.
 * - Partitions that are not here are left out, as Apache Kafka does. The size of the store is unknown (−1).
 */
import type { PartitionLog } from '../../log/partition-log.js';
import type { PartitionLogs } from '../../log/partition-logs.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode } from '../../protocol/errors.js';
import { DescribeLogDirs } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';

type Request = RequestOf<typeof DescribeLogDirs>;
type Response = ResponseInput<typeof DescribeLogDirs>;

@KafkaApi(DescribeLogDirs)
export class DescribeLogDirsHandler implements KafkaApiHandler<typeof DescribeLogDirs> {
  /** @param logDir what the object store is called, an absolute path */
  constructor(
    private readonly logs: PartitionLogs,
    private readonly logDir: string,
  ) {}

  handle(request: Request): Response {
    const isAskedFor = filterOf(request);
    const asked = Array.from(this.logs.all()).filter((log) => log.isLeading && isAskedFor(log));
    const topics = [...Map.groupBy(asked, ({ topicName }) => topicName)].map(([name, logs]) => ({
      name,
      partitions: logs
        .sort((a, b) => a.partition - b.partition)
        .map(({ partition, sizeBytes }) => ({
          partitionIndex: partition,
          partitionSize: sizeBytes,
          offsetLag: 0,
          isFutureKey: false,
        })),
    }));
    return { results: [{ errorCode: ErrorCode.NONE, logDir: this.logDir, topics }] };
  }

  errorResponse(_request: Request, code: ErrorCode): Response {
    // Before v3 there is no place for an error but in a directory.
    return { errorCode: code, results: [{ errorCode: code, logDir: this.logDir, topics: [] }] };
  }
}

function filterOf({ topics }: Request): (log: PartitionLog) => boolean {
  if (topics === null) return () => true;
  const asked = new Map(topics.map(({ topic, partitions }) => [topic, new Set(partitions)]));
  return ({ topicName, partition }) => asked.get(topicName)?.has(partition) ?? false;
}
