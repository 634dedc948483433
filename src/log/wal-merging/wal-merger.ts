import { randomBytes } from 'node:crypto';
import type { Logger } from '../../logging/logger.js';
import type { MetadataStore } from '../../metadata/metadata-store.js';
import { mergedWalObjectKey } from '../../storage/object-keys.js';
import type { ObjectStore } from '../../storage/object-store.js';
import { backoffDelay } from '../../time/backoff.js';
import type { Clock } from '../../time/clock.js';
import { createObject } from '../create-object.js';
import { contiguousRuns, extentOf, type Extent, type WalObjectRef } from '../extents.js';
import type { TailCache } from '../tail-cache.js';
import { CommittedObjects, type CheckpointOf, type CommittedObject } from './committed-objects.js';
import { MergeList, MergeRefusedError } from './merge-list.js';
import { nextMerge, type MergeLimits } from './merge-policy.js';
import { mergeWalObjects, type MergedWalObject, type MergeSources } from './merge-wal-objects.js';

export interface WalMergerOptions {
  readonly namespace: string;
  readonly incarnationId: string;
  readonly limits: MergeLimits;
}

/** A log whose extents change their place. */
export interface MergingLog {
  replaceExtents(merged: readonly Extent[]): void;
}

export interface MergeObserver {
  /** One object took the place of `objects`. */
  walObjectsMerged(merge: { objects: number; bytes: number }): void;
  walMergeFailed(): void;
}

export interface WalMergerDependencies {
  readonly objects: ObjectStore;
  readonly metadata: MetadataStore;
  readonly tailCache: TailCache;
  readonly clock: Clock;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  readonly logger: Logger;
  readonly mergeObserver?: MergeObserver;
  /** The batches of an extent, verified. Throws ObjectStoreError, CorruptBlockError. */
  readonly load: MergeSources['load'];
  /** No higher than it is; undefined where it is not known. */
  readonly checkpointOf: CheckpointOf;
  /** The log of a partition that is led here. */
  readonly findLog: (topicId: string, partition: number) => MergingLog | undefined;
}

/** How many objects are committed from one look for what could be merged to the next. */
const LOOK_EVERY = 16;
const LONGEST_PAUSE_MS = 300_000;

/**
 * Merges the committed WAL objects of the live incarnation, see `docs/design/009-merging-the-wal.md`: one merge at a time,
 * looked for when objects were committed, so that an idle broker writes nothing. One write for 64 is within any budget, and
 * takes none of those of other writers.
 *
 * A merge that fails leaves everything as it was, but for an object that nobody knows of. It is tried again with later
 * commits, after a pause.
 */
export class WalMerger {
  private readonly committed = new CommittedObjects();
  private readonly list: MergeList;
  private readonly sources: MergeSources;
  private replacedKeys: string[] = [];
  private sinceLook = 0;
  private failures = 0;
  private pausedUntil = 0;
  private running: Promise<void> | undefined;

  /** @param signal aborted when the incarnation ends */
  constructor(
    private readonly options: WalMergerOptions,
    private readonly dependencies: WalMergerDependencies,
    private readonly signal: AbortSignal,
  ) {
    const { metadata, clock, random, logger, load } = dependencies;
    this.list = new MergeList(metadata, options.incarnationId, clock, random, logger);
    this.sources = { load, yieldTurn: () => new Promise((resolve) => clock.defer(resolve)) };
  }

  /** How many footers a restart would read. */
  get footers(): number {
    return this.committed.length;
  }

  /** The first sequence of which something is needed; undefined when nothing is. */
  get firstNeeded(): number | undefined {
    return this.committed.firstNeeded(this.dependencies.checkpointOf);
  }

  /** An object was committed and its extents are in the logs. */
  objectCommitted(ref: WalObjectRef, extents: readonly Extent[]): void {
    this.committed.add(ref, extents);
    this.sinceLook += 1;
    if (this.sinceLook < (this.options.limits.lookEvery ?? LOOK_EVERY) || this.running !== undefined) return;
    if (this.signal.aborted || this.dependencies.clock.monotonic() < this.pausedUntil) return;
    this.sinceLook = 0;
    this.running = this.mergeAll().finally(() => {
      this.running = undefined;
    });
  }

  /** Nothing of this topic has to be kept any more. */
  topicDeleted(topicId: string): void {
    this.committed.topicDeleted(topicId);
  }

  /** Keys of objects that others have replaced since the last call: to be deleted when nobody can be reading them. */
  takeReplaced(): readonly string[] {
    const keys = this.replacedKeys;
    this.replacedKeys = [];
    return keys;
  }

  /** Resolves when no merge is under way. */
  async settled(): Promise<void> {
    await this.running;
  }

  private async mergeAll(): Promise<void> {
    const { clock, random, logger, mergeObserver } = this.dependencies;
    try {
      while (!this.signal.aborted && (await this.mergeNext()));
      this.failures = 0;
    } catch (error) {
      if (this.signal.aborted) return;
      this.failures += 1;
      const isOver = error instanceof MergeRefusedError;
      const pauseMs = Math.min(LONGEST_PAUSE_MS, 1000 * 2 ** this.failures) + backoffDelay(0, random);
      this.pausedUntil = isOver ? Infinity : clock.monotonic() + pauseMs;
      mergeObserver?.walMergeFailed();
      logger.warn({ event: 'wal_merge_failed', failures: this.failures, err: error }, 'WAL objects were not merged');
    }
  }

  /** Whether there was something to merge. */
  private async mergeNext(): Promise<boolean> {
    const objects = this.committed.stillNeeded(this.dependencies.checkpointOf);
    const plan = nextMerge(objects.map(candidateOf), this.options.limits);
    if (plan === undefined) return false;
    await this.merge(objects.slice(plan.start, plan.end));
    return true;
  }

  /** Stores the merged object, commits that it counts, and only then has readers use it (I1, I3). */
  private async merge(replaced: readonly CommittedObject[]): Promise<void> {
    const { namespace, incarnationId } = this.options;
    const merged = await mergeWalObjects(incarnationId, replaced, this.sources);
    const ref = this.refOf(replaced);
    await this.store(ref.key, merged);
    const { key, firstSequence: from, sequence: to } = ref;
    await this.list.replace({ from, to, key, endBytes: merged.endBytes }, this.signal);
    this.swap(replaced, ref, merged);
    this.replacedKeys.push(...replaced.map((object) => object.ref.key));
    // The trim was faster, and has not seen this object.
    if (to <= this.list.trimmedSequence) this.replacedKeys.push(key);
    const bytes = merged.body.reduce((sum, piece) => sum + piece.length, 0);
    this.dependencies.mergeObserver?.walObjectsMerged({ objects: replaced.length, bytes });
    this.dependencies.logger.debug({ event: 'wal_merged', namespace, key, from, to, bytes }, 'WAL objects merged');
  }

  private refOf(replaced: readonly CommittedObject[]): WalObjectRef {
    const { namespace, incarnationId } = this.options;
    const first = (replaced[0] as CommittedObject).ref;
    const last = (replaced.at(-1) as CommittedObject).ref;
    const key = mergedWalObjectKey(namespace, incarnationId, last.sequence, randomBytes(4).toString('hex'));
    return {
      key,
      incarnationId,
      sequence: last.sequence,
      firstSequence: first.firstSequence,
      createdAt: first.createdAt,
    };
  }

  private async store(key: string, { body, crc32c }: MergedWalObject): Promise<void> {
    if (!(await createObject(this.dependencies, { key, body, crc32c }, this.signal))) {
      throw new Error(`${key} is somebody else's object`);
    }
  }

  private swap(replaced: readonly CommittedObject[], ref: WalObjectRef, merged: MergedWalObject): void {
    const { tailCache, findLog } = this.dependencies;
    const extents = merged.entries.map(({ entry, sources }): Extent => {
      const batches = sources.flatMap((source) => source.batches ?? []);
      return extentOf(entry, ref, batches.length === entry.batchCount ? batches : undefined);
    });
    for (const run of contiguousRuns(extents)) {
      const [{ topicId, partition }] = run;
      findLog(topicId, partition)?.replaceExtents(run);
    }
    tailCache.replace(
      replaced.map((object) => object.ref),
      extents,
    );
    const newestAt = (replaced.at(-1) as CommittedObject).newestAt;
    const neededBytes = extents.reduce((sum, { length }) => sum + length, 0);
    this.committed.replace(replaced, { ref, newestAt, extents, neededBytes });
  }
}

function candidateOf({ ref, neededBytes }: CommittedObject) {
  return { from: ref.firstSequence, to: ref.sequence, neededBytes };
}
