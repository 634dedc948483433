import { setTimeout as delay } from 'node:timers/promises';
import { batchOfOne } from './batches.js';
import { Connection } from './connection.js';
import type { AckJob, Results } from './jobs.js';
import { summarize } from './latencies.js';
import { produce, produceFrame } from './requests.js';

/** See {@link AckJob}. */
export async function runAcks(job: AckJob): Promise<Results['acks']> {
  const connection = await Connection.open(job.bootstrap);
  const frame = produceFrame(job.topic, new Map([[0, batchOfOne('one record')]]));
  const samples: number[] = [];
  try {
    for (let count = 0; count < job.count; count += 1) {
      await delay(job.pauseMs);
      const sentAt = performance.now();
      await produce(connection, frame);
      samples.push(performance.now() - sentAt);
    }
  } finally {
    connection.close();
  }
  return summarize(samples);
}
