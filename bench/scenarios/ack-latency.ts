import type { Bench, Scenario } from '../bench.js';
import { KafscaleBroker } from '../brokers/kafscale.js';
import type { AckJob } from '../load/jobs.js';
import { MetricsPage } from '../measure/metrics.js';

const PUT_MS = [20, 50, 100];
/** Long enough for the default write budget: 8 PUTs a second. */
const PAUSE_MS = 150;
const COMMIT_STAGE = '{stage="commit"}';

export const ackLatencyScenario: Scenario = {
  name: 'ack-latency',
  summary: `one record at a time to an idle broker; on S3 with PUTs of ${PUT_MS.join(', ')} ms`,
  oursOnly: false,
  run: (bench) =>
    bench.forEachBroker(async (broker) => {
      const job = {
        kind: 'acks',
        ...(await bench.createTopic(broker, 1)),
        count: Math.ceil(bench.options.durationMs / (PAUSE_MS + Math.max(...PUT_MS))),
        pauseMs: PAUSE_MS,
      } as const;
      await bench.load.run({ ...job, count: 10 });
      if (broker instanceof KafscaleBroker && broker.kind === 'kafscale-s3') {
        for (const putMs of PUT_MS) await measureOnS3(bench, broker, putMs, job);
      } else {
        const { p50Ms, p99Ms } = await bench.load.run(job);
        bench.record(broker, 'ack p50', p50Ms, 'ms');
        bench.record(broker, 'ack p99', p99Ms, 'ms');
      }
    }),
};

async function measureOnS3(bench: Bench, broker: KafscaleBroker, putMs: number, job: AckJob): Promise<void> {
  await (await bench.s3()).delay({ put: putMs });
  const before = await MetricsPage.read(broker.httpAddress);
  const { p50Ms, p99Ms } = await bench.load.run(job);
  const after = await MetricsPage.read(broker.httpAddress);
  const commitMs = after.meanSince(before, 'kafscale_wal_stage_duration_ms', COMMIT_STAGE);
  bench.record(broker, `PUT of ${putMs} ms: ack p50`, p50Ms, 'ms');
  bench.record(broker, `PUT of ${putMs} ms: ack p99`, p99Ms, 'ms');
  const name = `PUT of ${putMs} ms: p50 beyond the PUT and the transaction`;
  bench.record(broker, name, p50Ms - putMs - commitMs, 'ms', { atMost: 5 });
}
