import { setTimeout as delay } from 'node:timers/promises';
import type { Bench, Scenario } from '../bench.js';
import type { BrokerUnderTest } from '../brokers/broker-under-test.js';
import { cpuSeconds, memory } from '../measure/process-usage.js';

const PARTITIONS = 64;

export const idleScenario: Scenario = {
  name: 'idle',
  summary: `a broker with ${PARTITIONS} partitions and nothing to do`,
  oursOnly: false,
  run: (bench) => bench.forEachBroker((broker) => measure(bench, broker)),
};

async function measure(bench: Bench, broker: BrokerUnderTest): Promise<void> {
  await bench.createTopic(broker, PARTITIONS);
  // What belongs to the start is over by then.
  await delay(2_000);
  const { durationMs } = bench.options;
  const { pid } = broker;
  const cpuBefore = pid === undefined ? 0 : cpuSeconds(pid);
  if (broker.kind === 'kafscale-s3') {
    const { requests } = await (await bench.s3()).counting(() => delay(durationMs));
    bench.record(broker, 'PUTs', requests.put, 'requests', { atMost: 0 });
    bench.record(broker, 'other S3 requests', requests.get + requests.other, 'requests');
  } else {
    await delay(durationMs);
  }
  if (pid === undefined) return;
  bench.record(broker, 'CPU', ((cpuSeconds(pid) - cpuBefore) / durationMs) * 1e5, '% of a core');
  bench.record(broker, 'RSS', memory(pid).rss / 1e6, 'MB', { atMost: 150 });
}
