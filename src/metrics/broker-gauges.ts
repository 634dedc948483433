import type { BrokerMetrics } from './broker-metrics.js';

/** What the Kafka server knows of its connections. */
export interface ConnectionState {
  readonly connectionCount: number;
  readonly budget: { readonly usedBytes: number };
}

/** Connections and the requests that they hold in memory, and groups. */
export function addBrokerGauges(
  metrics: BrokerMetrics,
  server: ConnectionState,
  groups: { readonly size: number },
): void {
  metrics.gauge('kafscale_groups', 'Consumer groups that this broker coordinates', () => groups.size);
  metrics.gauge('kafscale_connections', 'Connections of Kafka clients', () => server.connectionCount);
  metrics.gauge('kafscale_inflight_bytes', 'Bytes of requests that are not answered yet', () => {
    return server.budget.usedBytes;
  });
}
