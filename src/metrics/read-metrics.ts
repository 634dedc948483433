import { Counter, Gauge, type Registry } from 'prom-client';

/** What is counted of reads of records. */
export class ReadMetrics {
  private readonly lookups: Counter<'result'>;
  private readonly indexesRebuilt: Counter;
  private readonly segmentsDamaged: Counter;
  private readonly segmentsScrubbed: Counter;
  private hits = 0;
  private misses = 0;

  constructor(registry: Registry) {
    const registers = [registry];
    this.lookups = new Counter({
      name: 'kafscale_cache_lookups_total',
      help: 'Blocks that consumers were given records of: found in memory (hit), or read for this from the object store (miss)',
      labelNames: ['result'],
      registers,
    });
    for (const result of ['hit', 'miss']) this.lookups.inc({ result }, 0);
    const ratio = () => (this.hits === 0 ? 0 : this.hits / (this.hits + this.misses));
    new Gauge({
      name: 'kafscale_cache_hit_ratio',
      help: 'Share of hits in kafscale_cache_lookups_total since the start, 0 to 1',
      registers,
      collect() {
        this.set(ratio());
      },
    });
    this.indexesRebuilt = new Counter({
      name: 'kafscale_segment_indexes_rebuilt_total',
      help: 'Segments that were read whole because their index was missing or wrong',
      registers,
    });
    this.segmentsDamaged = new Counter({
      name: 'kafscale_segments_damaged_total',
      help: 'Segments found to be not what was written, each time',
      registers,
    });
    this.segmentsScrubbed = new Counter({
      name: 'kafscale_segments_scrubbed_total',
      help: 'Segments whose checksums were verified in the background and found right',
      registers,
    });
  }

  /** A consumer was given records of a block; see `ReadObserver`. */
  blockServed(source: 'memory' | 'store'): void {
    if (source === 'memory') this.hits += 1;
    else this.misses += 1;
    this.lookups.inc({ result: source === 'memory' ? 'hit' : 'miss' });
  }

  segmentIndexRebuilt(): void {
    this.indexesRebuilt.inc();
  }

  segmentScrubbed(): void {
    this.segmentsScrubbed.inc();
  }

  segmentDamaged(): void {
    this.segmentsDamaged.inc();
  }
}
