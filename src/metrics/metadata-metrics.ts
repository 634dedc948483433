import { Counter, Histogram, type Registry } from 'prom-client';
import { LATENCY_BUCKETS_MS } from './buckets.js';

export const METADATA_OPERATIONS = ['get', 'range', 'txn', 'grant_lease', 'check'] as const;
export type MetadataOperation = (typeof METADATA_OPERATIONS)[number];

/**
 * How a call ended. `conflict`: a transaction whose comparisons did not hold, which may be expected; `unavailable`: no answer
 * came; `error`: the store refused it.
 */
export type MetadataStatus = 'success' | 'conflict' | 'unavailable' | 'error';

/** What is counted of the calls to the metadata store, etcd or another. */
export class MetadataMetrics {
  private readonly requests: Counter<'operation' | 'status'>;
  private readonly duration: Histogram<'operation'>;
  private readonly snapshots: Counter;
  private readonly changes: Counter;
  private readonly leasesLost: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.requests = new Counter({
      name: 'kafscale_metadata_requests_total',
      help: 'Calls to the metadata store, etcd or another; keep-alives of leases not included',
      labelNames: ['operation', 'status'],
      registers,
    });
    this.duration = new Histogram({
      name: 'kafscale_metadata_request_duration_ms',
      help: 'Duration of calls to the metadata store, ms',
      labelNames: ['operation'],
      buckets: LATENCY_BUCKETS_MS,
      registers,
    });
    this.snapshots = new Counter({
      name: 'kafscale_metadata_watch_snapshots_total',
      help: 'Times a watch has read everything: at its start, and when the store could not tell what it had missed',
      registers,
    });
    this.changes = new Counter({
      name: 'kafscale_metadata_watch_changes_total',
      help: 'Changes of keys that watches were told of',
      registers,
    });
    this.leasesLost = new Counter({
      name: 'kafscale_metadata_leases_lost_total',
      help: 'Leases that the metadata store has ended: this broker was replaced, or could not renew them in time',
      registers,
    });
    for (const operation of METADATA_OPERATIONS) {
      this.duration.zero({ operation });
      for (const status of ['success', 'unavailable', 'error']) this.requests.inc({ operation, status }, 0);
    }
  }

  metadataRequest(operation: MetadataOperation, status: MetadataStatus, durationMs: number): void {
    this.requests.inc({ operation, status });
    this.duration.observe({ operation }, durationMs);
  }

  watchSnapshot(): void {
    this.snapshots.inc();
  }

  watchChanges(count: number): void {
    this.changes.inc(count);
  }

  leaseLost(): void {
    this.leasesLost.inc();
  }
}
