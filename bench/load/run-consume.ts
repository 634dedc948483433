import { BatchLayout } from '../../src/protocol/records/record-batch.js';
import { readInt64 } from '../../src/protocol/records/int64.js';
import { Connection } from './connection.js';
import type { ConsumeJob, Results } from './jobs.js';
import { awaitEndOffsets, fetchRecords } from './requests.js';

const MAX_WAIT_MS = 500;

/**
 * See {@link ConsumeJob}. A consumer's partitions are dealt out to its connections; each has one fetch on the way at a time.
 */
export async function runConsume(job: ConsumeJob): Promise<Results['consume']> {
  const perConsumer = Math.min(job.connections, job.partitions);
  const connections = await Connection.openMany(job.bootstrap, job.consumers * perConsumer);
  const result = { bytes: 0, requests: 0 };
  const startedAt = performance.now();
  try {
    const ends = await awaitEndOffsets(connections[0] as Connection, job.topic, job.partitions);
    const readShare = async (connection: Connection, index: number): Promise<void> => {
      const mine = [...ends.keys()].filter((partition) => partition % perConsumer === index % perConsumer);
      for (let pass = 0; pass < job.passes; pass += 1) {
        await readOnce(
          connection,
          job.topic,
          new Map(mine.map((partition) => [partition, ends[partition] ?? 0])),
          result,
        );
      }
    };
    await Promise.all(connections.map(readShare));
  } finally {
    for (const connection of connections) connection.close();
  }
  return { ...result, seconds: (performance.now() - startedAt) / 1000 };
}

/** @param ends the partitions to read, and the offsets to read up to */
async function readOnce(
  connection: Connection,
  topic: string,
  ends: ReadonlyMap<number, number>,
  result: { bytes: number; requests: number },
): Promise<void> {
  const offsets = new Map([...ends.keys()].map((partition) => [partition, 0]));
  while (offsets.size > 0) {
    const found = await fetchRecords(connection, topic, offsets, MAX_WAIT_MS);
    result.requests += 1;
    for (const [partition, bytes] of found) {
      const read = wholeBatches(bytes);
      result.bytes += read.bytes;
      // As consumers do: partitions that were served go to the end of the queue, so that all get their turn.
      offsets.delete(partition);
      if (read.nextOffset < (ends.get(partition) ?? 0)) offsets.set(partition, read.nextOffset);
    }
  }
}

/** How much of fetched bytes are whole batches, and the offset after them. Brokers may cut the last batch off. */
export function wholeBatches(bytes: Buffer): { readonly bytes: number; readonly nextOffset: number } {
  let at = 0;
  let nextOffset = 0;
  while (bytes.length - at >= BatchLayout.RECORDS) {
    const size = BatchLayout.LENGTH_PREFIX + bytes.readInt32BE(at + BatchLayout.BATCH_LENGTH);
    if (size > bytes.length - at) break;
    nextOffset =
      readInt64(bytes, at + BatchLayout.BASE_OFFSET) + bytes.readInt32BE(at + BatchLayout.LAST_OFFSET_DELTA) + 1;
    at += size;
  }
  return { bytes: at, nextOffset };
}
