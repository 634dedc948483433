import { Counter, Histogram, type Registry } from 'prom-client';
import { LATENCY_BUCKETS_MS } from './buckets.js';

/** One WAL object that was committed. Durations in ms: waiting to be sealed, uploading, and committing. */
export interface CommittedWalObject {
  readonly key: string;
  /** Monotonic time, ms. */
  readonly committedAt: number;
  readonly extents: readonly {
    readonly topicId: string;
    readonly topicName: string;
    readonly partition: number;
    readonly baseOffset: number;
    readonly lastOffset: number;
  }[];
  readonly bytes: number;
  readonly records: number;
  readonly queueMs: number;
  readonly uploadMs: number;
  readonly commitMs: number;
}

/** What is counted of the way of records into the WAL, and of the opening of partitions. */
export class WalMetrics {
  private readonly objects: Counter;
  private readonly bytes: Counter;
  private readonly records: Counter;
  private readonly stages: Histogram<'stage'>;
  private readonly openFailures: Counter;

  constructor(registry: Registry) {
    const registers = [registry];
    this.objects = new Counter({ name: 'kafscale_wal_objects_total', help: 'WAL objects committed', registers });
    this.bytes = new Counter({
      name: 'kafscale_wal_bytes_total',
      help: 'Bytes of the WAL objects committed',
      registers,
    });
    this.records = new Counter({
      name: 'kafscale_committed_records_total',
      help: 'Records committed: durable, and visible to consumers',
      registers,
    });
    this.stages = new Histogram({
      name: 'kafscale_wal_stage_duration_ms',
      help: 'How long WAL objects gather records (queue), are uploaded (upload) and wait for their commit (commit), ms',
      labelNames: ['stage'],
      buckets: LATENCY_BUCKETS_MS,
      registers,
    });
    for (const stage of ['queue', 'upload', 'commit']) this.stages.zero({ stage });
    this.openFailures = new Counter({
      name: 'kafscale_partition_open_failures_total',
      help: 'Partitions that could not be opened, each try by itself: their manifests cannot be read, or are damaged',
      registers,
    });
  }

  walObjectCommitted({ bytes, records, queueMs, uploadMs, commitMs }: CommittedWalObject): void {
    this.objects.inc();
    this.bytes.inc(bytes);
    this.records.inc(records);
    this.stages.observe({ stage: 'queue' }, queueMs);
    this.stages.observe({ stage: 'upload' }, uploadMs);
    this.stages.observe({ stage: 'commit' }, commitMs);
  }

  partitionOpenFailed(): void {
    this.openFailures.inc();
  }
}
