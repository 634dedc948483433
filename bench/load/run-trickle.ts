import { setTimeout as delay } from 'node:timers/promises';
import { batchesIn } from '../../src/protocol/records/record-batch.js';
import { batchOfOne } from './batches.js';
import { Connection } from './connection.js';
import type { Results, TrickleJob } from './jobs.js';
import { summarize } from './latencies.js';
import { awaitEndOffsets, fetchRecords, produce, produceFrame } from './requests.js';

const MAX_WAIT_MS = 500;

/**
 * See {@link TrickleJob}. A record knows when it was due, not when it was sent: a load generator that is late must not
 * make the broker look quick (coordinated omission).
 */
export async function runTrickle(job: TrickleJob): Promise<Results['trickle']> {
  const [sender, reader] = (await Connection.openMany(job.bootstrap, 2)) as [Connection, Connection];
  try {
    const ends = await awaitEndOffsets(sender, job.topic, job.partitions);
    const total = Math.round((job.recordsPerSecond * job.durationMs) / 1000);
    const reading = receive(reader, job.topic, ends, total);
    const ack = await sendAll(sender, job, total);
    const endToEnd = await reading;
    return { ack: summarize(ack), endToEnd: summarize(endToEnd) };
  } finally {
    sender.close();
    reader.close();
  }
}

async function sendAll(connection: Connection, job: TrickleJob, total: number): Promise<number[]> {
  const startedAt = performance.now();
  const acknowledged: Promise<number>[] = [];
  for (let count = 0; count < total; count += 1) {
    const dueAt = startedAt + (count * 1000) / job.recordsPerSecond;
    const wait = dueAt - performance.now();
    if (wait > 0) await delay(wait);
    const batches = new Map([[count % job.partitions, batchOfOne(dueAt.toString())]]);
    acknowledged.push(produce(connection, produceFrame(job.topic, batches)).then(() => performance.now() - dueAt));
  }
  return Promise.all(acknowledged);
}

/** Reads `total` records from these offsets on. @returns how late each came, ms */
async function receive(
  connection: Connection,
  topic: string,
  from: readonly number[],
  total: number,
): Promise<number[]> {
  const offsets = new Map(from.entries());
  const samples: number[] = [];
  while (samples.length < total) {
    const found = await fetchRecords(connection, topic, offsets, MAX_WAIT_MS);
    const arrivedAt = performance.now();
    for (const [partition, bytes] of found) {
      for (const batch of batchesIn(bytes)) {
        samples.push(arrivedAt - sentAt(batch.recordBytes));
        offsets.delete(partition);
        offsets.set(partition, batch.lastOffset + 1);
      }
    }
  }
  return samples;
}

/** The value of a batch of {@link batchOfOne}: a short one, so every varint before it is one byte long. */
function sentAt(record: Buffer): number {
  const VALUE = 6;
  const length = (record[VALUE - 1] as number) >>> 1;
  return Number(record.toString('latin1', VALUE, VALUE + length));
}
