import type { Logger } from '../../logging/logger.js';
import type { Segment } from '../../storage/manifest-format.js';
import { ObjectNotFoundError, type ObjectStore } from '../../storage/object-store.js';
import { SEGMENT_HEADER_BYTES, SegmentFormatError } from '../../storage/segment-format.js';
import { interruptibleSleep } from '../../time/backoff.js';
import type { Clock } from '../../time/clock.js';
import { PeriodicTask } from '../../time/periodic-task.js';
import type { PartitionLog } from '../partition-log.js';
import type { PartitionLogs } from '../partition-logs.js';
import { SegmentCheck } from '../segment-check.js';
import { bodyEnd, segmentRef, type SegmentRef } from '../segment-cut.js';

/** What one read takes, bytes. */
const PIECE_BYTES = 4 * 1024 * 1024;
/** From the end of one round to the beginning of the next, ms. */
const BETWEEN_ROUNDS_MS = 60_000;

export interface ScrubOptions {
  /** First path segment of all object keys. */
  readonly namespace: string;
  /** How fast segments are read, bytes per second; 0 for not at all. */
  readonly bytesPerSec: number;
}

export interface ScrubObserver {
  segmentScrubbed(): void;
  /** A segment is not what was written, or is gone. */
  segmentDamaged(): void;
}

export interface ScrubDependencies {
  readonly logs: Pick<PartitionLogs, 'all'>;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly observer: ScrubObserver;
}

/**
 * Reads all segments of the partitions that this broker leads, slowly, one round after the other, and verifies their
 * checksums: damage is to be known before somebody needs the records. Nothing is mended, and nothing cached.
 */
export class Scrubber {
  private readonly task: PeriodicTask;

  constructor(
    private readonly options: ScrubOptions,
    private readonly dependencies: ScrubDependencies,
  ) {
    const { clock, random, logger } = dependencies;
    const run = (signal: AbortSignal) => this.round(signal);
    const onFailure = (error: unknown) =>
      logger.warn({ event: 'scrub_failed', err: error }, 'segments not verified, trying again later');
    this.task = new PeriodicTask({ intervalMs: BETWEEN_ROUNDS_MS, run, onFailure }, clock, random);
  }

  /** An incarnation has begun. */
  begin(): void {
    if (this.options.bytesPerSec > 0) this.task.start();
  }

  /** It has ended. */
  abandon(reason: string): void {
    this.task.stop(reason);
  }

  /**
   * Verifies each segment once.
   *
   * @throws ObjectStoreError when one can't be read now, and the signal's reason
   */
  async round(signal: AbortSignal): Promise<void> {
    const logs = [...this.dependencies.logs.all()];
    // Another beginning each time: a round may take longer than a broker lives.
    const first = Math.floor(this.dependencies.random() * logs.length);
    for (const log of [...logs.slice(first), ...logs.slice(0, first)]) {
      for (const segment of log.manifest.segments) {
        if (log.isLeading && isPartOf(log, segment)) await this.verify(log, segment, signal);
      }
    }
  }

  private async verify(log: PartitionLog, segment: Segment, signal: AbortSignal): Promise<void> {
    const { observer, logger } = this.dependencies;
    const ref = segmentRef(this.options.namespace, log, segment);
    try {
      await this.read(ref, signal);
      observer.segmentScrubbed();
    } catch (error) {
      const isDamage = error instanceof SegmentFormatError || error instanceof ObjectNotFoundError;
      if (!isDamage) throw error;
      // It may have been replaced or dropped while it was read.
      if (!isPartOf(log, segment)) return;
      observer.segmentDamaged();
      logger.error({ event: 'segment_damaged', key: ref.key, err: error }, 'a stored segment is damaged');
    }
  }

  /** @throws SegmentFormatError when it is damaged, ObjectStoreError when it can't be read */
  private async read(ref: SegmentRef, signal: AbortSignal): Promise<void> {
    const { clock } = this.dependencies;
    const check = new SegmentCheck(ref);
    const end = bodyEnd(ref);
    for (let start = 0; start < end; start += PIECE_BYTES) {
      const bytes = await this.readRange(ref, start, Math.min(PIECE_BYTES, end - start), signal);
      if (start === 0) check.header(bytes);
      check.body(bytes.subarray(start === 0 ? SEGMENT_HEADER_BYTES : 0));
      await interruptibleSleep(clock, (bytes.length / this.options.bytesPerSec) * 1000, signal);
    }
    check.footer(await this.readRange(ref, end, ref.sizeBytes - end, signal));
  }

  /** Of the original, and not of a copy that others may be reading. */
  private async readRange({ key }: SegmentRef, start: number, length: number, signal: AbortSignal): Promise<Buffer> {
    const bytes = await this.dependencies.objects.read(key, { start, length }, { signal, wasDamaged: true });
    if (bytes.length !== length) throw new SegmentFormatError(`${key} ends after ${start + bytes.length} bytes`);
    return bytes;
  }
}

function isPartOf(log: PartitionLog, segment: Segment): boolean {
  return segment.lastOffset >= log.logStartOffset && log.manifest.segments.includes(segment);
}
