import { CorruptRecordsError } from './corrupt-records.js';

const FRAME_MAGIC = 0x184d2204;
const HAS_BLOCK_CHECKSUMS = 0x10;
const HAS_CONTENT_SIZE = 0x08;
const HAS_CONTENT_CHECKSUM = 0x04;
const HAS_DICTIONARY_ID = 0x01;
const STORED_BLOCK = 0x8000_0000;
const MIN_MATCH = 4;

export interface Lz4FrameExtent {
  /** Bytes that the frame takes; what follows it is not part of it. */
  readonly frameBytes: number;
  /** Exact number of bytes that it decompresses to. */
  readonly contentBytes: number;
}

/**
 * Measures an LZ4 frame by reading the lengths in it, without decompressing: the library that does has no bound on
 * its output, so the size must be known before (LZ4 frame format 1.6.x, block format).
 *
 * @throws CorruptRecordsError if it isn't a whole LZ4 frame
 */
export function measureLz4Frame(bytes: Buffer): Lz4FrameExtent {
  if (bytes.length < 7 || bytes.readUInt32LE(0) !== FRAME_MAGIC) throw new CorruptRecordsError('not an LZ4 frame');
  const flags = bytes.readUInt8(4);
  let at = 7 + (flags & HAS_CONTENT_SIZE ? 8 : 0) + (flags & HAS_DICTIONARY_ID ? 4 : 0);
  let contentBytes = 0;
  for (;;) {
    const word = uint32(bytes, at);
    at += 4;
    if (word === 0) break;
    const length = word % STORED_BLOCK;
    if (at + length > bytes.length) throw cutOff();
    contentBytes += word >= STORED_BLOCK ? length : contentOfBlock(bytes, at, at + length);
    at += length + (flags & HAS_BLOCK_CHECKSUMS ? 4 : 0);
  }
  if (flags & HAS_CONTENT_CHECKSUM) at += 4;
  if (at > bytes.length) throw cutOff();
  return { frameBytes: at, contentBytes };
}

/** Adds up the literals and matches of a compressed block in `bytes[at, end)`. */
function contentOfBlock(bytes: Buffer, at: number, end: number): number {
  let content = 0;
  while (at < end) {
    const token = bytes[at++] as number;
    let literals = token >>> 4;
    if (literals === 15) {
      for (let byte = 255; byte === 255; literals += byte) {
        if (at >= end) throw cutOff();
        byte = bytes[at++] as number;
      }
    }
    content += literals;
    at += literals;
    if (at === end) return content; // the last sequence has no match
    if (at + 2 > end) throw cutOff();
    at += 2; // offset of the match
    let match = token & 15;
    if (match === 15) {
      for (let byte = 255; byte === 255; match += byte) {
        if (at >= end) throw cutOff();
        byte = bytes[at++] as number;
      }
    }
    content += match + MIN_MATCH;
  }
  return content;
}

function uint32(bytes: Buffer, at: number): number {
  if (at + 4 > bytes.length) throw cutOff();
  return bytes.readUInt32LE(at);
}

function cutOff(): CorruptRecordsError {
  return new CorruptRecordsError('LZ4 frame is cut off');
}
