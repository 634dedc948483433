import type { Logger } from '../logging/logger.js';
import { ObjectStoreError } from '../storage/object-store.js';
import type { Clock, Timer } from '../time/clock.js';
import type { MetadataMarks } from './metadata-marks.js';

/** How often a broker that writes metadata says how far it has come, ms. */
const MARK_INTERVAL_MS = 60_000;

/**
 * Marks in the bucket how far this broker has brought the metadata store: once at the start, and then at most every
 * minute in which it wrote something there. An idle broker writes nothing (I7).
 */
export class MarkKeeper {
  private timer: Timer | undefined;
  private marked = 0;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly marks: MetadataMarks,
    private readonly clusterId: string,
    /** The newest revision that this broker has made. */
    private readonly writtenRevision: () => number,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.writing = this.writing.then(() => this.markIfDue());
    this.timer = this.clock.setTimer(MARK_INTERVAL_MS, () => this.start());
  }

  /** Resolves when nothing more is written. */
  stop(): Promise<void> {
    this.timer?.cancel();
    return this.writing;
  }

  private async markIfDue(): Promise<void> {
    const revision = this.writtenRevision();
    if (revision <= this.marked) return;
    try {
      await this.marks.write({ clusterId: this.clusterId, revision, writtenAt: this.clock.now() });
      this.marked = revision;
    } catch (error) {
      if (!(error instanceof ObjectStoreError)) throw error;
      this.logger.warn({ event: 'metadata_mark_failed', revision, err: error }, 'the mark is written a minute later');
    }
  }
}
