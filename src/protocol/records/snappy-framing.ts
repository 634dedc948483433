import { CorruptRecordsError } from './corrupt-records.js';

/**
 * The framing that snappy-java (and so every Java client) puts around Snappy blocks: a 16-byte header, then blocks
 * with an int32 length each. Other clients send one bare block.
 */
const HEADER = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00, 0, 0, 0, 1, 0, 0, 0, 1]);
const MAGIC_BYTES = 8;

/** What snappy-java compresses at a time. */
const BLOCK_CONTENT_BYTES = 32 * 1024;

export type BlockCodec = (block: Buffer) => Buffer;

export function frameSnappy(content: Buffer, compressBlock: BlockCodec): Buffer {
  const parts: Buffer[] = [HEADER];
  for (let at = 0; at < content.length; at += BLOCK_CONTENT_BYTES) {
    const block = compressBlock(content.subarray(at, at + BLOCK_CONTENT_BYTES));
    const length = Buffer.alloc(4);
    length.writeInt32BE(block.length);
    parts.push(length, block);
  }
  return Buffer.concat(parts);
}

/**
 * The bare Snappy blocks in framed or bare input.
 *
 * @throws CorruptRecordsError if a block is cut off
 */
export function snappyBlocksIn(bytes: Buffer): Buffer[] {
  const framed = bytes.length >= HEADER.length && bytes.compare(HEADER, 0, MAGIC_BYTES, 0, MAGIC_BYTES) === 0;
  if (!framed) return [bytes];
  const blocks: Buffer[] = [];
  for (let at = HEADER.length; at < bytes.length;) {
    const length = bytes.length - at < 4 ? -1 : bytes.readInt32BE(at);
    at += 4;
    if (length < 0 || length > bytes.length - at) throw new CorruptRecordsError('Snappy block is cut off');
    blocks.push(bytes.subarray(at, at + length));
    at += length;
  }
  return blocks;
}

/** The most that Snappy makes of a byte: three bytes can stand for a copy of 64. */
const MAX_EXPANSION = 22;

/**
 * The content size that a bare block claims in its varint preamble.
 *
 * @throws CorruptRecordsError if the preamble is malformed, or claims more than the block can hold
 */
export function snappyContentBytes(block: Buffer): number {
  let size = 0;
  for (let at = 0, factor = 1; at < 5; at++, factor *= 0x80) {
    const byte = block[at];
    if (byte === undefined) break;
    size += (byte & 0x7f) * factor;
    if (byte >= 0x80) continue;
    if (size > block.length * MAX_EXPANSION) break;
    return size;
  }
  throw new CorruptRecordsError('Snappy block has no valid length');
}
