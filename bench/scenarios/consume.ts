import type { Bench, Scenario } from '../bench.js';
import type { BrokerUnderTest } from '../brokers/broker-under-test.js';
import { recordTransfer } from '../measure/transfer-cost.js';

const MIB = 1024 * 1024;
const REQUEST_BYTES = MIB;
/** Fits into the tail cache at its default. */
const WARM_BYTES = 100 * MIB;
/** Of each consumer. */
const CONNECTIONS = 4;

export const consumeScenario: Scenario = {
  name: 'consume',
  summary: 'throughput, broker CPU and GETs of consumers; warm: what was just produced, cold: after a restart',
  oursOnly: false,
  run: (bench) =>
    bench.forEachBroker(async (broker) => {
      await measureWarm(bench, broker, 8);
      for (const partitions of [1, 8]) await measureCold(bench, broker, partitions);
      await measureCold(bench, broker, 8, 10);
    }),
};

async function measureWarm(bench: Bench, broker: BrokerUnderTest, partitions: number): Promise<void> {
  const { transferBytes } = bench.options;
  const target = await produced(bench, broker, partitions, Math.min(WARM_BYTES, transferBytes));
  const passes = Math.ceil(transferBytes / WARM_BYTES);
  await bench.load.run({ kind: 'consume', ...target, consumers: 1, connections: CONNECTIONS, passes: 1 });
  const gets = await read(bench, broker, `warm, ${partitions} partitions`, { ...target, consumers: 1, passes }, 0.6);
  if (gets !== undefined) bench.record(broker, `warm, ${partitions} partitions: GETs`, gets, 'requests', { atMost: 0 });
}

/** Other brokers are not restarted: what the page cache of the system holds is in memory for them either way. */
async function measureCold(bench: Bench, broker: BrokerUnderTest, partitions: number, consumers = 1): Promise<void> {
  const { transferBytes } = bench.options;
  const target = await produced(bench, broker, partitions, transferBytes);
  await broker.restart?.();
  const again = { ...target, bootstrap: broker.bootstrap, consumers, passes: 1 };
  const crowd = consumers === 1 ? '' : `${consumers} consumers, `;
  const name = `cold, ${crowd}${partitions} partition${partitions === 1 ? '' : 's'}`;
  const gets = await read(bench, broker, name, again, 2);
  if (gets === undefined) return;
  bench.record(broker, `${name}: GETs per 8 MiB`, gets / (transferBytes / (8 * MIB)), 'requests', { atMost: 1 });
}

/** A new topic with records in it. */
async function produced(bench: Bench, broker: BrokerUnderTest, partitions: number, totalBytes: number) {
  const target = await bench.createTopic(broker, partitions);
  const load = { kind: 'produce', connections: 8, inFlight: 5, limitMs: 120_000 } as const;
  await bench.load.run({ ...load, ...target, batchBytes: REQUEST_BYTES / partitions, totalBytes });
  return target;
}

/** @returns the GETs that it took, where they can be counted */
async function read(
  bench: Bench,
  broker: BrokerUnderTest,
  name: string,
  job: Awaited<ReturnType<typeof produced>> & { readonly consumers: number; readonly passes: number },
  cpuSecondsPerGb: number,
): Promise<number | undefined> {
  const consume = () => bench.load.run({ kind: 'consume', ...job, connections: CONNECTIONS });
  const measure = () => recordTransfer(bench, broker, name, consume, { atMost: cpuSecondsPerGb });
  if (broker.kind === 'kafscale-s3') return (await (await bench.s3()).counting(measure)).requests.get;
  await measure();
  return undefined;
}
