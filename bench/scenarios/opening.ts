import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, Scenario } from '../bench.js';
import type { KafscaleBroker } from '../brokers/kafscale.js';
import type { Budget } from '../figures.js';
import { MetricsPage } from '../measure/metrics.js';
import { cpuSeconds, memory } from '../measure/process-usage.js';
import { inventHistory } from '../stores/invent-history.js';
import type { History } from '../stores/invent-history.js';

const SEGMENTS = [1_000, 30_000, 300_000];
const PARTITIONS = 10_000;
const SEGMENTS_OF_EACH = 100;
/** Each look makes the broker add up its partitions. */
const LOOK_MS = 500;

export const openSegmentsScenario: Scenario = {
  name: 'open-segments',
  summary: `from a start to the first record of a partition with ${SEGMENTS.join(', ')} segments`,
  oursOnly: true,
  run: async (bench) => {
    for (const segmentsPerPartition of SEGMENTS) {
      await bench.withOurs({}, async (broker) => {
        const target = await bench.createTopic(broker, 1);
        const history = { ...target, segmentsPerPartition, readablePartition: 0 };
        await measureStart(bench, broker, `${segmentsPerPartition} segments`, history);
      });
    }
  },
};

export const openPartitionsScenario: Scenario = {
  name: 'open-partitions',
  summary: `from a start to the first record of one of ${PARTITIONS} partitions, and until all are open`,
  oursOnly: true,
  run: (bench) =>
    bench.withOurs({}, async (broker) => {
      const target = await bench.createTopic(broker, PARTITIONS);
      const history = { ...target, segmentsPerPartition: SEGMENTS_OF_EACH, readablePartition: PARTITIONS - 1 };
      await measureStart(bench, broker, `${PARTITIONS} partitions`, history);
    }),
};

/** Times are from the start of the process. */
async function measureStart(bench: Bench, broker: KafscaleBroker, name: string, history: History): Promise<void> {
  const record = (what: string, value: number, unit: string, budget?: Budget) =>
    bench.record(broker, `${name}: ${what}`, value, unit, budget);
  await broker.killAndChange((stores) => inventHistory(stores, history));
  const s3 = await bench.s3();
  const { requests } = await s3.counting(async () => {
    const startedAt = performance.now();
    const sinceStart = () => (performance.now() - startedAt) / 1000;
    await broker.start();
    const ready = sinceStart();
    const { bootstrap } = broker;
    const { topic, partitions, readablePartition: partition } = history;
    const used = await bench.load.run({ kind: 'first-use', bootstrap, topic, partitions, partition });
    record('process ready', ready, 's');
    record('first produce', ready + used.producedAfter, 's', { atMost: 2 });
    record('first fetch, from offset 0', ready + used.fetchedAfter, 's', { atMost: 2 });
    while ((await MetricsPage.read(broker.httpAddress)).value('kafscale_partitions_opening') > 0) await delay(LOOK_MS);
    record('all partitions open', sinceStart(), 's');
  });
  record('GETs', requests.get, 'requests');
  record('other S3 requests', requests.put + requests.other, 'requests');
  record('broker CPU', cpuSeconds(broker.pid), 'CPU-s');
  record('RSS', memory(broker.pid).rss / 1e6, 'MB');
}
