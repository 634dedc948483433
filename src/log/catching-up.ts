import type { Block } from './blocks.js';
import { isExtent } from './extents.js';

/** A partition that somebody reads block after block. */
export interface CatchUp {
  /** Its blocks in a WAL object that readers will come to soon. */
  soonWanted(objectKey: string): readonly Block[];
}

/** Partitions that are asked; of more, the least recently read are forgotten. */
const MAX_PARTITIONS = 1000;

/**
 * The partitions that are being caught up on. A WAL object holds a block of each, and their readers come to it at
 * different times: whoever comes first has the blocks of all read by one request.
 */
export class CatchingUp {
  /** The most recent last. */
  private readonly partitions = new Set<CatchUp>();

  /** Somebody was given a block of this partition. */
  note(partition: CatchUp): void {
    this.partitions.delete(partition);
    this.partitions.add(partition);
    if (this.partitions.size <= MAX_PARTITIONS) return;
    const [oldest] = this.partitions;
    if (oldest !== undefined) this.partitions.delete(oldest);
  }

  /**
   * What is to be read together with a block for those who catch up, this block first.
   *
   * @param maxBytes of all of it, unless this block alone is larger
   */
  jointRead(block: Block, maxBytes: number): readonly Block[] {
    // Segments are of one partition.
    if (!isExtent(block)) return [block];
    const { key } = block.object;
    const joint = new Map<number, Block>([[block.position, block]]);
    let bytes = block.length;
    for (const wanted of [...this.partitions].flatMap((partition) => partition.soonWanted(key))) {
      if (joint.has(wanted.position) || bytes + wanted.length > maxBytes) continue;
      joint.set(wanted.position, wanted);
      bytes += wanted.length;
    }
    return [...joint.values()];
  }
}
