import { MetadataUnavailableError } from '../metadata/metadata-store.js';
import { ObjectStoreError } from '../storage/object-store.js';
import { contiguousRuns, extentOf, type Extent, type WalObjectRef } from './extents.js';
import type { WalFooters } from './wal-footers.js';

/** A log whose extents change their place. */
export interface RelocatingLog {
  replaceExtents(merged: readonly Extent[]): void;
}

/**
 * Finds what an incarnation has merged away while others read it: a WAL object that is gone counts no more, and the records
 * that are needed of it are in the one that replaced it.
 */
export class WalRelocation {
  private readonly underWay = new Map<string, Promise<boolean>>();

  /** @param findLog the log of a partition that is open here */
  constructor(
    private readonly footers: WalFooters,
    private readonly findLog: (topicId: string, partition: number) => RelocatingLog | undefined,
  ) {}

  /**
   * Has all open logs read from the object that replaced this one, which was not there.
   *
   * @returns whether there is one: otherwise the records are lost
   * @throws ObjectStoreError when that can't be found out now, and what else {@link WalFooters} throws
   */
  relocate(object: WalObjectRef): Promise<boolean> {
    let relocation = this.underWay.get(object.key);
    if (relocation === undefined) {
      relocation = this.find(object).finally(() => this.underWay.delete(object.key));
      this.underWay.set(object.key, relocation);
    }
    return relocation;
  }

  private async find(object: WalObjectRef): Promise<boolean> {
    const { key: missingKey, incarnationId } = object;
    const holder = await this.holderOf(object);
    if (holder === undefined || holder.key === missingKey) return false;
    const contents = await this.footers.read(incarnationId, holder);
    const present: WalObjectRef = {
      key: holder.key,
      incarnationId,
      firstSequence: holder.from,
      sequence: holder.to,
      createdAt: contents.createdAt,
    };
    for (const run of contiguousRuns(contents.entries.map((entry) => extentOf(entry, present)))) {
      const [{ topicId, partition }] = run;
      this.findLog(topicId, partition)?.replaceExtents(run);
    }
    return true;
  }

  private async holderOf({ key, incarnationId, firstSequence, sequence }: WalObjectRef) {
    try {
      return await this.footers.holderOf(incarnationId, firstSequence, sequence);
    } catch (error) {
      if (!(error instanceof MetadataUnavailableError)) throw error;
      throw new ObjectStoreError(`${key} is gone, and what has replaced it cannot be asked`, { cause: error });
    }
  }
}
