import type { Bench } from '../bench.js';
import type { KafscaleBroker } from '../brokers/kafscale.js';
import { MetricsPage } from './metrics.js';
import { cpuSeconds } from './process-usage.js';

/** What something cost our broker and etcd, as etcd itself counts its part. */
export interface BrokerCost<T> {
  readonly result: T;
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Transactions that etcd was asked for. */
  readonly transactions: number;
  /** Keys written in them. */
  readonly puts: number;
}

export async function measureCost<T>(
  bench: Bench,
  broker: KafscaleBroker,
  action: () => Promise<T>,
): Promise<BrokerCost<T>> {
  const etcd = `127.0.0.1:${(await bench.etcd()).port}`;
  const before = await MetricsPage.read(etcd);
  const cpuBefore = cpuSeconds(broker.pid);
  const startedAt = performance.now();
  const result = await action();
  const seconds = (performance.now() - startedAt) / 1000;
  const used = cpuSeconds(broker.pid) - cpuBefore;
  const after = await MetricsPage.read(etcd);
  return {
    result,
    seconds,
    cpuSeconds: used,
    transactions: after.increaseSince(before, 'grpc_server_handled_total', 'grpc_method="Txn"'),
    puts: after.increaseSince(before, 'etcd_mvcc_put_total'),
  };
}
