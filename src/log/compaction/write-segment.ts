import { crc32c } from '../../checksum/crc32c.js';
import type { Logger } from '../../logging/logger.js';
import type { Segment } from '../../storage/manifest-format.js';
import { segmentIndexKey, segmentKey } from '../../storage/object-keys.js';
import { ObjectExistsError, ObjectStoreError, type ObjectStore } from '../../storage/object-store.js';
import { totalBytes } from '../../storage/pieces.js';
import { backoffDelay, interruptibleSleep } from '../../time/backoff.js';
import type { Clock } from '../../time/clock.js';
import type { SegmentLayout } from './segment-layout.js';

/** Tries for one object; then the job is given up, which frees its memory, and is done anew later. */
const MAX_TRIES = 5;
/** Names that are tried for one segment. All but the first are random: more than one that is taken is no accident. */
const MAX_NAMES = 4;

/** Whose segment it is. */
export interface SegmentOwner {
  readonly topicName: string;
  readonly partition: number;
}

/** Uploads segments with their indexes, under names that are written once (I2; commit protocol, rule 16). */
export class SegmentWriter {
  constructor(
    private readonly store: ObjectStore,
    private readonly namespace: string,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly logger: Logger,
  ) {}

  /**
   * Stores a segment and then its index. Nobody reads them before a manifest names them; what is left of a write that
   * fails is an orphan.
   *
   * @param naming `plain` begins with the name that has no suffix. A merge needs a `suffixed` one, and so does a topic
   *   whose plain names aren't free: they may be those of objects which wait for their deletion.
   * @returns what the manifest is to say of it
   * @throws ObjectStoreError when the store could not be written to, several times in a row
   * @throws the signal's reason when it is aborted
   */
  async write(
    owner: SegmentOwner,
    layout: SegmentLayout,
    naming: 'plain' | 'suffixed',
    signal: AbortSignal,
  ): Promise<Segment> {
    const { topicName, partition } = owner;
    for (let tried = 0; tried < MAX_NAMES; tried += 1) {
      const suffix = tried === 0 && naming === 'plain' ? undefined : this.newSuffix();
      const name = { baseOffset: layout.segment.baseOffset, suffix };
      const key = segmentKey(this.namespace, topicName, partition, name);
      if (!(await this.create(key, layout.body, layout.crc32c, signal))) continue;
      const indexKey = segmentIndexKey(this.namespace, topicName, partition, name);
      if (await this.create(indexKey, [layout.index], crc32c(layout.index), signal))
        return { ...layout.segment, suffix };
    }
    throw new ObjectStoreError(
      `no name is free for the segment of ${topicName}-${partition} at ${layout.segment.baseOffset}`,
    );
  }

  /** Whether the object is stored under this key now; false when the key holds somebody else's bytes. */
  private async create(key: string, body: readonly Buffer[], checksum: number, signal: AbortSignal): Promise<boolean> {
    for (let attempt = 0; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        await this.store.create(key, body, { crc32c: checksum, signal });
        return true;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ObjectStoreError)) throw error;
        const taken = error instanceof ObjectExistsError;
        const ours = taken ? await this.isOurs(key, body, checksum, signal) : undefined;
        if (ours !== undefined) return ours;
        if (attempt + 1 >= MAX_TRIES) throw error;
        this.logger.warn({ event: 'segment_upload_retry', key, attempt, err: error }, 'not stored, trying again');
        await interruptibleSleep(this.clock, backoffDelay(attempt, this.random), signal);
      }
    }
  }

  /** After "exists": an earlier try of ours may have been carried out although it seemed to fail. Undefined: unknown. */
  private async isOurs(
    key: string,
    body: readonly Buffer[],
    checksum: number,
    signal: AbortSignal,
  ): Promise<boolean | undefined> {
    try {
      const stored = await this.store.head(key, { signal });
      return stored.crc32c === checksum && stored.sizeBytes === totalBytes(body);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ObjectStoreError)) throw error;
      return undefined;
    }
  }

  private newSuffix(): string {
    return Math.floor(this.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  }
}
