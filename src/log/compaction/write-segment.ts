import { crc32c } from '../../checksum/crc32c.js';
import type { Logger } from '../../logging/logger.js';
import type { Segment } from '../../storage/manifest-format.js';
import { segmentIndexKey, segmentKey } from '../../storage/object-keys.js';
import { ObjectStoreError, type ObjectStore } from '../../storage/object-store.js';
import type { Clock } from '../../time/clock.js';
import { createObject, type CreateObjectDependencies } from '../create-object.js';
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
  private readonly dependencies: CreateObjectDependencies;

  constructor(
    objects: ObjectStore,
    private readonly namespace: string,
    clock: Clock,
    private readonly random: () => number,
    logger: Logger,
  ) {
    this.dependencies = { objects, clock, random, logger };
  }

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
      const segment = { key, body: layout.body, crc32c: layout.crc32c, maxTries: MAX_TRIES };
      if (!(await createObject(this.dependencies, segment, signal))) continue;
      const indexKey = segmentIndexKey(this.namespace, topicName, partition, name);
      const index = { key: indexKey, body: [layout.index], crc32c: crc32c(layout.index), maxTries: MAX_TRIES };
      if (await createObject(this.dependencies, index, signal)) return { ...layout.segment, suffix };
    }
    throw new ObjectStoreError(
      `no name is free for the segment of ${topicName}-${partition} at ${layout.segment.baseOffset}`,
    );
  }

  private newSuffix(): string {
    return Math.floor(this.random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  }
}
