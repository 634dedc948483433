import type { Bench, Scenario } from '../bench.js';
import type { BrokerUnderTest } from '../brokers/broker-under-test.js';
import { recordTransfer } from '../measure/transfer-cost.js';

const KIB = 1024;

/** Requests of 1 MiB, as Java producers make them at most, and small ones for the cost of a request. */
const CASES = [
  { partitions: 1, batchKib: 1024, budget: { atMost: 2.5 } },
  { partitions: 8, batchKib: 128, budget: { atMost: 2.5 } },
  { partitions: 64, batchKib: 16, budget: { atMost: 3.5 } },
  { partitions: 1, batchKib: 64, budget: { atMost: 2.5 } },
];

export const produceScenario: Scenario = {
  name: 'produce',
  summary: 'throughput and broker CPU of producers, by partitions and batch size',
  oursOnly: false,
  run: (bench) => bench.forEachBroker((broker) => measure(bench, broker)),
};

async function measure(bench: Bench, broker: BrokerUnderTest): Promise<void> {
  const load = { kind: 'produce', connections: 8, inFlight: 5, limitMs: 20_000 } as const;
  for (const { partitions, batchKib, budget } of CASES) {
    const job = { ...load, ...(await bench.createTopic(broker, partitions)), batchBytes: batchKib * KIB };
    // Compilers and buffers settle first.
    await bench.load.run({ ...job, totalBytes: bench.options.transferBytes / 2 });
    const name = `${partitions} partition${partitions === 1 ? '' : 's'}, batches of ${batchKib} KiB`;
    const measured = () => bench.load.run({ ...job, totalBytes: bench.options.transferBytes });
    const { ack } = await recordTransfer(bench, broker, name, measured, budget);
    bench.record(broker, `${name}: ack p99`, ack.p99Ms, 'ms');
  }
}
