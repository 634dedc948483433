import { setTimeout as delay } from 'node:timers/promises';
import { batchOfOne } from './batches.js';
import { Connection } from './connection.js';
import type { FirstUseJob, Results } from './jobs.js';
import { fetchRecords, produce, produceFrame } from './requests.js';

const RETRY_MS = 10;
const LIMIT_MS = 120_000;

/** See {@link FirstUseJob}. @throws {Error} what was answered last, when it takes too long */
export async function runFirstUse(job: FirstUseJob): Promise<Results['first-use']> {
  const { bootstrap, topic, partition } = job;
  const startedAt = performance.now();
  const secondsSince = () => (performance.now() - startedAt) / 1000;
  const connection = await Connection.open(bootstrap);
  try {
    const frame = () => produceFrame(topic, new Map([[partition, batchOfOne('first')]]));
    await untilItSucceeds(startedAt, () => produce(connection, frame()));
    const producedAfter = secondsSince();
    await untilItSucceeds(startedAt, async () => {
      const found = await fetchRecords(connection, topic, new Map([[partition, 0]]), 0);
      if (!found.has(partition)) throw new Error(`${topic}-${partition} has no records`);
    });
    return { producedAfter, fetchedAfter: secondsSince() };
  } finally {
    connection.close();
  }
}

async function untilItSucceeds(startedAt: number, action: () => Promise<void>): Promise<void> {
  for (;;) {
    try {
      return await action();
    } catch (error) {
      if (performance.now() - startedAt > LIMIT_MS) throw error;
      await delay(RETRY_MS);
    }
  }
}
