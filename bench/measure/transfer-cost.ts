import type { Bench } from '../bench.js';
import type { BrokerUnderTest } from '../brokers/broker-under-test.js';
import type { Budget } from '../figures.js';
import type { Transfer } from '../load/jobs.js';
import { cpuSeconds } from './process-usage.js';

const GB = 1e9;

/** Runs a job that moves data, and records its throughput and what it cost the broker. */
export async function recordTransfer<T extends Transfer>(
  bench: Bench,
  broker: BrokerUnderTest,
  name: string,
  job: () => Promise<T>,
  budget?: Budget,
): Promise<T> {
  const before = broker.pid === undefined ? undefined : cpuSeconds(broker.pid);
  const result = await job();
  if (broker.pid !== undefined && before !== undefined) {
    const used = cpuSeconds(broker.pid) - before;
    bench.record(broker, `${name}: broker CPU`, used / (result.bytes / GB), 'CPU-s/GB', budget);
  }
  bench.record(broker, `${name}: throughput`, result.bytes / 1e6 / result.seconds, 'MB/s');
  return result;
}
