import { BatchLayout, batchesIn } from '../protocol/records/record-batch.js';
import { readInt64 } from '../protocol/records/int64.js';

/**
 * A run of whole batches of one partition, back to back in one object: what is read, checked and cached as one. The
 * extents of WAL objects are blocks; segments are cut into them.
 */
export interface Block {
  readonly object: { readonly key: string };
  /** Position of the first batch in the object, bytes. */
  readonly position: number;
  /** Bytes of all batches. */
  readonly length: number;
  /** Offset at which the first batch begins. */
  readonly baseOffset: number;
  /** No batch goes beyond this offset. */
  readonly lastOffset: number;
  /** The batches themselves while they are in the tail cache. */
  readonly batches?: readonly Buffer[] | undefined;
}

/** A stored byte range does not hold the batches that it should. */
export class CorruptBlockError extends Error {
  override readonly name = 'CorruptBlockError';
}

/** What tells a block from all others: no object changes, and no two blocks of an object begin at the same byte. */
export function blockKey({ object, position }: Block): string {
  return `${object.key}@${position}`;
}

/**
 * Splits a block's bytes into its batches, which share their memory, and verifies every one of them.
 *
 * Offsets ascend and stay within the block's. They need not be without gaps: segments that others wrote have some.
 *
 * @throws CorruptBlockError when the bytes are not what was written
 */
export function batchesOfBlock(block: Block, bytes: Buffer): Buffer[] {
  const batches: Buffer[] = [];
  let next = block.baseOffset;
  if (bytes.length !== block.length) throw corrupt(block, `${bytes.length} bytes came`);
  try {
    for (const batch of batchesIn(bytes)) {
      const { baseOffset, lastOffset } = batch;
      const follows = batches.length === 0 ? baseOffset === next : baseOffset >= next;
      if (!follows || lastOffset < baseOffset || lastOffset > block.lastOffset) {
        throw corrupt(block, `offsets ${baseOffset} to ${lastOffset} instead of ${next} and more`);
      }
      if (batch.computeCrc() !== batch.crc) throw corrupt(block, `bad checksum at offset ${baseOffset}`);
      batches.push(batch.bytes);
      next = lastOffset + 1;
    }
  } catch (error) {
    throw error instanceof CorruptBlockError ? error : corrupt(block, 'undecodable', error);
  }
  return batches;
}

/** Position of the first batch that has records at or after `offset`; the number of batches when there is none. */
export function batchFrom(batches: readonly Buffer[], offset: number): number {
  let low = 0;
  let high = batches.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (lastOffsetOf(batches[middle] as Buffer) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function lastOffsetOf(batch: Buffer): number {
  return readInt64(batch, BatchLayout.BASE_OFFSET) + batch.readInt32BE(BatchLayout.LAST_OFFSET_DELTA);
}

function corrupt({ object, position, length }: Block, what: string, cause?: unknown): CorruptBlockError {
  return new CorruptBlockError(`${object.key}, bytes ${position}+${length}: ${what}`, { cause });
}
