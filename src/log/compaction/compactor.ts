import type { Logger } from '../../logging/logger.js';
import { backoffDelay, interruptibleSleep } from '../../time/backoff.js';
import type { Clock } from '../../time/clock.js';
import type { WriteBudget } from '../write-budget.js';
import {
  compactExtents,
  mergeSegments,
  type CompactablePartition,
  type CompactionResult,
  type CompactionStores,
} from './compaction-jobs.js';
import type { CompactionQueue, CompactionTask, Lane } from './compaction-queue.js';
import { LANES } from './compaction-queue.js';

export type CompactionKind = 'compaction' | 'merge';

export interface CompactionObserver {
  /**
   * A segment was written and committed.
   *
   * @param written size in bytes, how long it took in ms, and how many segments it stands for
   */
  segmentWritten(kind: CompactionKind, written: { bytes: number; durationMs: number; merged: number }): void;
  /** A job has failed, and is tried again later. */
  compactionFailed(kind: CompactionKind): void;
}

export interface CompactorDependencies<P extends CompactablePartition> {
  /** How often it looks for work when there was none, ms. */
  readonly lookIntervalMs: number;
  readonly stores: CompactionStores<P>;
  readonly queue: CompactionQueue<P>;
  /** Of objects that segments smaller than full ones may cost. */
  readonly budget: WriteBudget;
  /** The partitions that this broker leads. */
  readonly partitions: () => Iterable<P>;
  readonly clock: Clock;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly observer: CompactionObserver;
}

/**
 * Compacts the partitions that this broker leads, for as long as an incarnation lives: one large and one small job at a
 * time, so that its memory is bounded by the bytes of two segments (I6), and as many as the budget of writes allows (I7).
 * Nothing that goes wrong here reaches anybody else: it is logged, counted, and tried again later.
 */
export class Compactor<P extends CompactablePartition = CompactablePartition> {
  private running: AbortController | undefined;

  constructor(private readonly dependencies: CompactorDependencies<P>) {}

  /** What of all partitions is in no segment yet. */
  get backlog(): { readonly bytes: number; readonly extents: number; readonly oldestAgeMs: number } {
    const { partitions, clock } = this.dependencies;
    let [bytes, extents, oldestAt] = [0, 0, clock.now()];
    for (const { backlog } of partitions()) {
      bytes += backlog.bytes;
      extents += backlog.extents;
      oldestAt = Math.min(oldestAt, backlog.oldestAt ?? oldestAt);
    }
    return { bytes, extents, oldestAgeMs: clock.now() - oldestAt };
  }

  /** Starts for an incarnation. */
  begin(): void {
    this.abandon('another incarnation begins');
    const abort = new AbortController();
    this.running = abort;
    for (const lane of LANES) void this.run(lane, abort.signal);
  }

  /** Stops at once, whatever is under way: what was written and not committed is an orphan. */
  abandon(reason: string): void {
    this.running?.abort(new Error(reason));
    this.running = undefined;
  }

  private async run(lane: Lane, signal: AbortSignal): Promise<void> {
    const { lookIntervalMs, random, budget, partitions, queue } = this.dependencies;
    for (let failures = 0; !signal.aborted;) {
      const task = queue.next(partitions(), lane);
      if (task === undefined) {
        await this.pause(lookIntervalMs, signal);
      } else if (!task.exempt && !budget.tryTake(task.writes)) {
        await this.pause(Math.min(lookIntervalMs, budget.msUntilNext()), signal);
      } else if (await this.perform(task, signal)) {
        failures = 0;
      } else {
        await this.pause(backoffDelay(failures, random), signal);
        failures += 1;
      }
    }
  }

  /** Whether the job was done; a failure has been told, and so has its partition. */
  private async perform(task: CompactionTask<P>, signal: AbortSignal): Promise<boolean> {
    const { stores, queue, clock, logger, observer } = this.dependencies;
    const kind: CompactionKind = task.merge === undefined ? 'compaction' : 'merge';
    const startedAt = clock.monotonic();
    queue.started(task);
    try {
      const result = await doTask(stores, task, signal);
      queue.finished(task);
      if (result?.segment !== undefined) {
        const { sizeBytes: bytes } = result.segment;
        observer.segmentWritten(kind, { bytes, durationMs: clock.monotonic() - startedAt, merged: result.merged });
      }
      return result !== undefined;
    } catch (error) {
      queue.failed(task);
      if (signal.aborted || !task.partition.isLeading) return false;
      const { topicName: topic, partition } = task.partition;
      logger.warn({ event: 'compaction_failed', kind, topic, partition, err: error }, 'not compacted, trying later');
      observer.compactionFailed(kind);
      return false;
    }
  }

  /** Waits, but not beyond the end. */
  private async pause(delayMs: number, signal: AbortSignal): Promise<void> {
    await interruptibleSleep(this.dependencies.clock, delayMs, signal).catch(() => undefined);
  }
}

function doTask<P extends CompactablePartition>(
  stores: CompactionStores<P>,
  { partition, merge, segmentBytes }: CompactionTask<P>,
  signal: AbortSignal,
): Promise<CompactionResult | undefined> {
  return merge === undefined
    ? compactExtents(stores, partition, segmentBytes, signal)
    : mergeSegments(stores, partition, merge, signal);
}
