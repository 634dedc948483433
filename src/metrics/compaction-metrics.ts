import { Counter, Histogram, type Registry } from 'prom-client';

const KINDS = ['compaction', 'merge'] as const;

/** What compaction counts. */
export class CompactionMetrics {
  private readonly segments: Counter<'kind'>;
  private readonly bytes: Counter<'kind'>;
  private readonly merged: Counter;
  private readonly failures: Counter<'kind'>;
  private readonly duration: Histogram<'kind'>;

  constructor(registry: Registry) {
    const registers = [registry];
    const labelNames = ['kind'] as const;
    this.segments = new Counter({
      name: 'kafscale_compaction_segments_total',
      help: 'Segments written, of records of the WAL (compaction) or of smaller segments (merge)',
      labelNames,
      registers,
    });
    this.bytes = new Counter({
      name: 'kafscale_compaction_bytes_total',
      help: 'Bytes of the segments written',
      labelNames,
      registers,
    });
    this.merged = new Counter({
      name: 'kafscale_compaction_merged_segments_total',
      help: 'Segments that others were made of',
      registers,
    });
    this.failures = new Counter({
      name: 'kafscale_compaction_failures_total',
      help: 'Segments that could not be written, and are tried again later',
      labelNames,
      registers,
    });
    this.duration = new Histogram({
      name: 'kafscale_compaction_duration_ms',
      help: 'From the reading of the first record to the commit of the segment, ms',
      labelNames,
      buckets: DURATION_BUCKETS_MS,
      registers,
    });
    for (const kind of KINDS) this.duration.zero({ kind });
    for (const kind of KINDS)
      for (const counter of [this.segments, this.bytes, this.failures]) counter.inc({ kind }, 0);
  }

  /** @param written size in bytes, how long it took in ms, and how many segments it stands for */
  segmentWritten(kind: (typeof KINDS)[number], written: { bytes: number; durationMs: number; merged: number }): void {
    this.segments.inc({ kind });
    this.bytes.inc({ kind }, written.bytes);
    this.merged.inc(written.merged);
    this.duration.observe({ kind }, written.durationMs);
  }

  compactionFailed(kind: (typeof KINDS)[number]): void {
    this.failures.inc({ kind });
  }
}

const DURATION_BUCKETS_MS = [10, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000];
