import type { Extent, WalObjectRef } from '../extents.js';

/** An object of the live incarnation that a restart would read: an original, or one that replaced several. */
export interface CommittedObject {
  readonly ref: WalObjectRef;
  /** When the last original in it was sealed, ms since the Unix epoch. */
  readonly newestAt: number;
  /** What is still needed of it, in the order of the object. */
  extents: readonly Extent[];
  /** Bytes of {@link extents}. */
  neededBytes: number;
}

/** The checkpoint of a partition, or one below; undefined when it is not known here. */
export type CheckpointOf = (topicId: string, partition: number) => number | undefined;

/**
 * The committed WAL objects of the live incarnation, in sequence order, with what is still needed of them: records at or
 * above their partition's checkpoint, but for those of deleted topics. Where the checkpoint isn't known everything is needed
 * (commit protocol, rule 11).
 */
export class CommittedObjects {
  private readonly objects: CommittedObject[] = [];
  private readonly deletedTopics = new Set<string>();

  /** How many objects a restart would read. */
  get length(): number {
    return this.objects.length;
  }

  /** Adds the object that follows all others. */
  add(ref: WalObjectRef, extents: readonly Extent[]): void {
    this.objects.push({ ref, newestAt: ref.createdAt, extents, neededBytes: bytesOf(extents) });
  }

  /** Nothing of this topic is needed any more. */
  topicDeleted(topicId: string): void {
    this.deletedTopics.add(topicId);
  }

  /** The objects, without what is no longer needed. Those at the front of which nothing is are left for the trim. */
  stillNeeded(checkpointOf: CheckpointOf): readonly CommittedObject[] {
    for (const object of this.objects) this.prune(object, checkpointOf);
    const first = this.objects.findIndex(({ neededBytes }) => neededBytes > 0);
    this.objects.splice(0, first < 0 ? this.objects.length : first);
    return this.objects;
  }

  /** The first sequence of which something is needed; undefined when nothing is. */
  firstNeeded(checkpointOf: CheckpointOf): number | undefined {
    return this.objects.find(({ extents }) => extents.some((extent) => this.isNeeded(extent, checkpointOf)))?.ref
      .firstSequence;
  }

  /**
   * Puts one object in the place of several.
   *
   * @param replaced neighbours, none of which has left since {@link stillNeeded} gave them
   */
  replace(replaced: readonly CommittedObject[], merged: CommittedObject): void {
    const start = this.objects.indexOf(replaced[0] as CommittedObject);
    this.objects.splice(start, replaced.length, merged);
  }

  private prune(object: CommittedObject, checkpointOf: CheckpointOf): void {
    const isNeeded = (extent: Extent) => this.isNeeded(extent, checkpointOf);
    if (object.extents.every(isNeeded)) return;
    object.extents = object.extents.filter(isNeeded);
    object.neededBytes = bytesOf(object.extents);
  }

  private isNeeded({ topicId, partition, lastOffset }: Extent, checkpointOf: CheckpointOf): boolean {
    return !this.deletedTopics.has(topicId) && lastOffset >= (checkpointOf(topicId, partition) ?? 0);
  }
}

function bytesOf(extents: readonly Extent[]): number {
  let bytes = 0;
  for (const { length } of extents) bytes += length;
  return bytes;
}
