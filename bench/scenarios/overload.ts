import type { Bench, Scenario } from '../bench.js';
import type { BrokerUnderTest } from '../brokers/broker-under-test.js';
import { memory } from '../measure/process-usage.js';

const PUT_MS = 2_000;
const MIB = 1024 * 1024;
const PARTITIONS = 8;
/** More than the broker buffers: 512 MiB on the way, of which it takes KAFSCALE_MAX_BUFFER_BYTES at a time. */
const OVERLOAD = { connections: 64, inFlight: 8, batchBytes: MIB / PARTITIONS };
/**
 * An idle broker, and both bounds at their defaults: 256 MiB of requests, 256 MiB of cache. Buffers may grow by half
 * before those that are not in use any more are collected.
 */
const LIMIT_MB = 150 + (1.5 * 2 * 256 * MIB) / 1e6;

export const overloadScenario: Scenario = {
  name: 'overload',
  summary: `memory when more is produced than can be stored; on S3 with PUTs of ${PUT_MS / 1000} s`,
  oursOnly: false,
  run: (bench) => bench.forEachBroker((broker) => measure(bench, broker)),
};

async function measure(bench: Bench, broker: BrokerUnderTest): Promise<void> {
  const { pid } = broker;
  if (pid === undefined) return;
  const target = await bench.createTopic(broker, PARTITIONS);
  if (broker.kind === 'kafscale-s3') await (await bench.s3()).delay({ put: PUT_MS });
  const totalBytes = Number.MAX_SAFE_INTEGER;
  await bench.load.run({ kind: 'produce', ...OVERLOAD, ...target, totalBytes, limitMs: bench.options.durationMs });
  bench.record(broker, 'peak RSS', memory(pid).peakRss / 1e6, 'MB', { atMost: LIMIT_MB });
}
