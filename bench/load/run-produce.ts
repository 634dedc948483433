import { batchOfSize } from './batches.js';
import { Connection } from './connection.js';
import type { ProduceJob, Results } from './jobs.js';
import { summarize } from './latencies.js';
import { produce, produceFrame } from './requests.js';

/** See {@link ProduceJob}. All requests are the same bytes: what is measured is the broker, not their making. */
export async function runProduce(job: ProduceJob): Promise<Results['produce']> {
  const batch = batchOfSize(job.batchBytes);
  const frame = produceFrame(job.topic, new Map(Array.from({ length: job.partitions }, (_, index) => [index, batch])));
  const bytesPerRequest = batch.length * job.partitions;
  const connections = await Connection.openMany(job.bootstrap, job.connections);
  const samples: number[] = [];
  let started = 0;
  const startedAt = performance.now();
  const sendUntilDone = async (connection: Connection): Promise<void> => {
    while (started * bytesPerRequest < job.totalBytes && performance.now() - startedAt < job.limitMs) {
      started += 1;
      const sentAt = performance.now();
      await produce(connection, frame);
      samples.push(performance.now() - sentAt);
    }
  };
  try {
    const senders = connections.flatMap((connection) => Array.from({ length: job.inFlight }, () => connection));
    await Promise.all(senders.map(sendUntilDone));
  } finally {
    for (const connection of connections) connection.close();
  }
  const seconds = (performance.now() - startedAt) / 1000;
  return { bytes: samples.length * bytesPerRequest, seconds, ack: summarize(samples) };
}
