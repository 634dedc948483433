import { setTimeout as delay } from 'node:timers/promises';
import { createTopic } from '../../test/support/topics.js';
import type { Bench, Scenario } from '../bench.js';
import type { KafscaleBroker } from '../brokers/kafscale.js';
import { summarize } from '../load/latencies.js';
import { LeaderProbe } from '../load/leader-probe.js';

const PARTITIONS = 16;
const PUT_MS = 30;
const GET_MS = 20;
/** Records on each partition before anything happens, and after. */
const STEADY_RECORDS = 50;
const LEASE_SECONDS = 10;

/**
 * How long a partition accepts nothing when its leader is told to stop, and when it dies: one of two brokers, each leading
 * half of the partitions, which are all written to.
 */
export const handOverScenario: Scenario = {
  name: 'hand-over',
  summary: `how long ${PARTITIONS} partitions accept nothing while their leader stops, or dies`,
  oursOnly: true,
  run: async (bench) => {
    await (await bench.s3()).delay({ put: PUT_MS, get: GET_MS });
    await bench.withOurs({ KAFSCALE_BROKER_ID: '0' }, async (broker) => {
      await measure(bench, broker, 'planned', 'stop', 1);
      await measure(bench, broker, 'kill -9', 'kill', LEASE_SECONDS + 2);
    });
  },
};

async function measure(
  bench: Bench,
  broker: KafscaleBroker,
  name: string,
  end: 'stop' | 'kill',
  atMost: number,
): Promise<void> {
  const other = await broker.startBeside({ KAFSCALE_BROKER_ID: '1' });
  const topic = `hand-over-${end}`;
  await createTopic(broker.bootstrap, topic, PARTITIONS);
  const bootstrap = [broker.bootstrap, other.bootstrap];
  const probes = Array.from({ length: PARTITIONS }, (_, partition) => new LeaderProbe(bootstrap, topic, partition));
  try {
    await Promise.all(probes.map((probe) => acknowledged(probe, 0)));
    const leaders = await Promise.all(probes.map((probe) => probe.leader()));
    const since = performance.now();
    const ended = other[end]();
    const moved = probes.filter((_, partition) => leaders[partition] === other.bootstrap);
    await ended;
    const endedAt = performance.now();
    await Promise.all(probes.map((probe) => acknowledged(probe, endedAt)));
    const gaps = moved.map((probe) => probe.longestGapSince(since));
    bench.record(broker, `${name}: partitions that moved`, moved.length, 'partitions');
    bench.record(broker, `${name}: longest time without an acknowledgement`, Math.max(...gaps) / 1000, 's', { atMost });
    bench.record(broker, `${name}: median of the partitions`, summarize(gaps).p50Ms / 1000, 's');
  } finally {
    await Promise.all(probes.map((probe) => probe.stop()));
    await other.kill();
  }
}

async function acknowledged(probe: LeaderProbe, since: number): Promise<void> {
  while (probe.acknowledgedSince(since) < STEADY_RECORDS) await delay(10);
}
