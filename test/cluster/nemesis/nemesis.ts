import { setTimeout as delay } from 'node:timers/promises';
import type { ClusterBroker } from '../rig/cluster-broker.js';
import type { Cluster } from '../rig/cluster.js';
import type { Recorder } from '../rig/recorder.js';
import { describeFault, drawSteps, type Fault } from './plan.js';

/** For the first record to be acknowledged in each partition after everything was healed. */
const PATIENCE_MS = 180_000;
const DRAIN_SECONDS = 10;

export interface NemesisOptions {
  readonly random: () => number;
  readonly seconds: number;
  readonly partitions: number;
  readonly progress: (line: string) => void;
}

/** How often each kind of fault happened. */
export type FaultCounts = Readonly<Record<string, number>>;

/**
 * Disturbs a cluster for some time, and heals it: again and again some faults at a time, and a calm in which every
 * partition must accept records.
 *
 * @throws {Error} when a partition accepts nothing for three minutes, or a broker doesn't come up or end as it should
 */
export async function disturb(cluster: Cluster, recorder: Recorder, options: NemesisOptions): Promise<FaultCounts> {
  const { random, seconds, partitions, progress } = options;
  const deadline = performance.now() + seconds * 1000;
  const counts: Record<string, number> = {};
  const steps = drawSteps(random, cluster.brokers.length);
  const tell = (what: string) => {
    recorder.add({ type: 'disturbance', what });
    progress(`${what}; ${recorder.acknowledged} records acknowledged, ${recorder.shown} shown`);
  };
  while (performance.now() < deadline) {
    const { faults, calmMs } = steps.next().value;
    tell(faults.map(describeFault).join(' and '));
    await Promise.all(faults.map((fault) => carryOut(cluster, fault, tell)));
    for (const { kind } of faults) counts[kind] = (counts[kind] ?? 0) + 1;
    recorder.add({ type: 'disturbance', what: 'healed' });
    await cluster.ready();
    await recorder.progressEverywhere(partitions, PATIENCE_MS);
    await delay(calmMs);
  }
  return counts;
}

/** Does what the fault says, and undoes it. */
async function carryOut(cluster: Cluster, fault: Fault, tell: (what: string) => void): Promise<void> {
  if (fault.kind === 'join') {
    const broker = await cluster.create(cluster.brokers.length);
    try {
      await broker.start();
      await broker.ready();
      await delay(fault.ms);
      await broker.stop();
    } finally {
      await broker.dispose();
    }
    return;
  }
  const broker = cluster.brokers[fault.broker]!;
  switch (fault.kind) {
    case 'kill':
      await broker.kill();
      await delay(fault.ms);
      await broker.start();
      break;
    case 'pause':
      broker.pause();
      await delay(fault.ms);
      broker.resume();
      break;
    case 'restart':
      await broker.stop();
      await broker.start();
      break;
    case 'drain': {
      tell(`broker ${fault.broker} ${await drained(broker)}`);
      await delay(fault.ms);
      await broker.stop();
      await broker.start();
      break;
    }
    case 'cut':
      broker.cut(fault.link, fault.how);
      await delay(fault.ms);
      broker.restore(fault.link);
  }
}

/** A broker that cannot drain now says so, and is stopped all the same. */
async function drained(broker: ClusterBroker): Promise<string> {
  try {
    const { drained: done, pending } = await broker.drain(DRAIN_SECONDS);
    return `drained ${done} partitions, ${pending} are pending`;
  } catch (error) {
    return `did not drain: ${String(error)}`;
  }
}
