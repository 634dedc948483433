import { Counter, type Registry } from 'prom-client';

/** What is counted of merging the WAL. */
export class WalMergeMetrics {
  private readonly merges: Counter;
  private readonly objects: Counter;
  private readonly bytes: Counter;
  private readonly failures: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.merges = new Counter({
      name: 'kafscale_wal_merges_total',
      help: 'Objects that were written to take the place of several WAL objects',
      registers,
    });
    this.objects = new Counter({
      name: 'kafscale_wal_objects_merged_total',
      help: 'WAL objects whose place was taken by merged ones, merged ones among them',
      registers,
    });
    this.bytes = new Counter({
      name: 'kafscale_wal_merged_bytes_total',
      help: 'Bytes of merged WAL objects',
      registers,
    });
    this.failures = new Counter({
      name: 'kafscale_wal_merge_failures_total',
      help: 'Merges of WAL objects that failed, each try by itself',
      registers,
    });
  }

  walObjectsMerged({ objects, bytes }: { readonly objects: number; readonly bytes: number }): void {
    this.merges.inc();
    this.objects.inc(objects);
    this.bytes.inc(bytes);
  }

  walMergeFailed(): void {
    this.failures.inc();
  }
}
