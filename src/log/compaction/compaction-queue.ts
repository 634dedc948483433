import type { Manifest } from '../../storage/manifest-format.js';
import type { Clock } from '../../time/clock.js';
import type { CompactablePartition } from './compaction-jobs.js';
import { compactionDue, segmentsToMerge, type CompactionLimits, type MergeRange } from './compaction-policy.js';

/** Jobs of each size have a lane of their own: quiet partitions don't wait behind large segments, nor the other way. */
export const LANES = ['large', 'small'] as const;

export type Lane = (typeof LANES)[number];

/** Something that can be done for a partition. */
export interface CompactionTask<P extends CompactablePartition = CompactablePartition> {
  readonly partition: P;
  /** The segments to merge; undefined when extents are to be compacted. */
  readonly merge: MergeRange | undefined;
  readonly segmentBytes: number;
  /** About how many bytes the job holds in memory. */
  readonly bytes: number;
  /** Objects that it writes. */
  readonly writes: number;
  /** Whether it is done whatever the budget of writes says. */
  readonly exempt: boolean;
  /** Since when it is due, ms since the Unix epoch. */
  readonly dueSince: number;
}

export interface CompactionQueueOptions {
  /** Jobs of more bytes than this are large. */
  readonly largeBytes: number;
  /** When all partitions together have more extents than this, those with the most are compacted at any rate (I6). */
  readonly maxExtents: number;
}

/** What is remembered of a partition from one look to the next. */
interface Memory {
  busy: boolean;
  readonly compaction: Setback;
  readonly merging: Setback;
  /** The manifest that {@link merge} is about, and the size that segments were to have. */
  manifest: Manifest | undefined;
  segmentBytes: number;
  merge: MergeRange | undefined;
  /** When what needs no age was first seen to be due. */
  mergeSince: number;
  skipSince: number | undefined;
}

interface Setback {
  failures: number;
  /** Monotonic ms before which it isn't tried again. */
  notBefore: number;
}

const FIRST_SETBACK_MS = 1_000;
const LONGEST_SETBACK_MS = 300_000;
/** Segment, index and manifest. */
const WRITES_OF_SEGMENT = 3;
const WRITES_OF_SKIP = 1;

/** Decides what is compacted next. It looks at all partitions each time, at a few numbers of each. */
export class CompactionQueue<P extends CompactablePartition = CompactablePartition> {
  private readonly memories = new WeakMap<P, Memory>();

  constructor(
    private readonly options: CompactionQueueOptions,
    private readonly limitsOf: (partition: P) => CompactionLimits,
    private readonly clock: Clock,
  ) {}

  /**
   * The most urgent job of a lane: first what must not wait for the budget of writes, then what is due for longest.
   * Undefined when nothing is due.
   */
  next(partitions: Iterable<P>, lane: Lane): CompactionTask<P> | undefined {
    let best: CompactionTask<P> | undefined;
    let fullest: P | undefined;
    let extents = 0;
    for (const partition of partitions) {
      const { backlog } = partition;
      extents += backlog.extents;
      const memory = this.memoryOf(partition);
      if (memory.busy) continue;
      for (const task of this.tasksOf(partition, memory)) {
        if (this.laneOf(task.bytes) === lane && (best === undefined || comesBefore(task, best))) best = task;
      }
      if (backlog.extents <= (fullest?.backlog.extents ?? 0) || !this.mayTry(memory.compaction)) continue;
      if (this.laneOf(this.bytesOf(partition)) === lane) fullest = partition;
    }
    if (extents <= this.options.maxExtents || fullest === undefined || best?.exempt === true) return best;
    return this.compactionOf(fullest, { exempt: true, dueSince: this.clock.now() });
  }

  /** A job begins: its partition has no other meanwhile. */
  started({ partition }: CompactionTask<P>): void {
    this.memoryOf(partition).busy = true;
  }

  finished(task: CompactionTask<P>): void {
    const memory = this.memoryOf(task.partition);
    memory.busy = false;
    memory.skipSince = undefined;
    if (task.merge !== undefined) memory.merge = memory.manifest = undefined;
    Object.assign(setbackOf(memory, task), { failures: 0, notBefore: 0 });
  }

  /** A job has failed: it is tried again, but not soon. */
  failed(task: CompactionTask<P>): void {
    const memory = this.memoryOf(task.partition);
    memory.busy = false;
    const setback = setbackOf(memory, task);
    const delayMs = Math.min(LONGEST_SETBACK_MS, FIRST_SETBACK_MS * 2 ** Math.min(setback.failures, 16));
    setback.failures += 1;
    setback.notBefore = this.clock.monotonic() + delayMs;
  }

  private *tasksOf(partition: P, memory: Memory): Iterable<CompactionTask<P>> {
    const beyond = partition.highWatermark > partition.manifest.checkpointOffset;
    if (beyond && this.mayTry(memory.compaction)) {
      const task = this.dueCompaction(partition, memory);
      if (task !== undefined) yield task;
    }
    if (partition.manifest.segments.length > 0 && this.mayTry(memory.merging)) {
      const merge = this.mergeOf(partition, memory);
      if (merge === undefined) return;
      const { segmentBytes, mergeSince } = memory;
      const cost = { bytes: merge.bytes, writes: WRITES_OF_SEGMENT, exempt: false };
      yield { partition, merge, segmentBytes, ...cost, dueSince: mergeSince };
    }
  }

  private dueCompaction(partition: P, memory: Memory): CompactionTask<P> | undefined {
    const now = this.clock.now();
    const { backlog, highWatermark } = partition;
    const { checkpointOffset } = partition.manifest;
    const limits = this.limitsOf(partition);
    const reason = compactionDue({ checkpointOffset, highWatermark, ...backlog }, limits, now);
    if (reason !== 'skip') memory.skipSince = undefined;
    if (reason === undefined) return undefined;
    if (reason === 'skip') memory.skipSince ??= now;
    const dueSince = memory.skipSince ?? (backlog.oldestAt ?? now) + limits.maxAgeMs;
    return this.compactionOf(partition, { exempt: reason === 'size', dueSince });
  }

  private compactionOf(partition: P, urgency: Pick<CompactionTask, 'exempt' | 'dueSince'>): CompactionTask<P> {
    const { segmentBytes } = this.limitsOf(partition);
    const writes = partition.backlog.oldestAt === undefined ? WRITES_OF_SKIP : WRITES_OF_SEGMENT;
    return { partition, merge: undefined, segmentBytes, bytes: this.bytesOf(partition), writes, ...urgency };
  }

  /** Looked for once per manifest: there may be very many segments. */
  private mergeOf(partition: P, memory: Memory): MergeRange | undefined {
    const { segmentBytes } = this.limitsOf(partition);
    if (memory.manifest !== partition.manifest || memory.segmentBytes !== segmentBytes) {
      memory.manifest = partition.manifest;
      memory.segmentBytes = segmentBytes;
      if (memory.merge === undefined) memory.mergeSince = this.clock.now();
      memory.merge = segmentsToMerge(partition.manifest.segments, segmentBytes, partition.logStartOffset);
    }
    return memory.merge;
  }

  private bytesOf(partition: P): number {
    return Math.min(partition.backlog.bytes, this.limitsOf(partition).segmentBytes);
  }

  private laneOf(bytes: number): Lane {
    return bytes > this.options.largeBytes ? 'large' : 'small';
  }

  private mayTry({ notBefore }: Setback): boolean {
    return notBefore <= this.clock.monotonic();
  }

  private memoryOf(partition: P): Memory {
    let memory = this.memories.get(partition);
    if (memory === undefined) {
      memory = {
        busy: false,
        compaction: { failures: 0, notBefore: 0 },
        merging: { failures: 0, notBefore: 0 },
        manifest: undefined,
        segmentBytes: 0,
        merge: undefined,
        mergeSince: 0,
        skipSince: undefined,
      };
      this.memories.set(partition, memory);
    }
    return memory;
  }
}

function setbackOf(memory: Memory, { merge }: CompactionTask): Setback {
  return merge === undefined ? memory.compaction : memory.merging;
}

function comesBefore(a: CompactionTask, b: CompactionTask): boolean {
  return a.exempt === b.exempt ? a.dueSince < b.dueSince : a.exempt;
}
