import { createRequire } from 'node:module';
import { gunzipSync, gzipSync, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { CorruptRecordsError } from './corrupt-records.js';
import { measureLz4Frame } from './lz4-frame.js';
import { frameSnappy, snappyBlocksIn, snappyContentBytes } from './snappy-framing.js';

/** Codec ids of record batches (attribute bits 0 to 2). */
export const Compression = { NONE: 0, GZIP: 1, SNAPPY: 2, LZ4: 3, ZSTD: 4 } as const;
export type Compression = (typeof Compression)[keyof typeof Compression];

/** More than any client packs into a batch, little enough to hold in memory. */
export const DEFAULT_MAX_CONTENT_BYTES = 64 * 1024 * 1024;

/** Compressed records that would take more memory than allowed: a decompression bomb, or a bound set too low. */
export class DecompressedSizeError extends Error {
  override readonly name = 'DecompressedSizeError';

  constructor(readonly limitBytes: number) {
    super(`records decompress to more than ${limitBytes} bytes`);
  }
}

/** The codec's library has no build for this platform. */
export class CodecUnavailableError extends Error {
  override readonly name = 'CodecUnavailableError';
}

interface Snappy {
  compressSync(input: Buffer): Buffer;
  uncompressSync(input: Buffer): Buffer | string;
}

interface Lz4 {
  compressFrameSync(input: Buffer): Buffer;
  decompressFrameSync(input: Buffer): Buffer;
}

const require = createRequire(import.meta.url);
const loaded = new Map<string, unknown>();

/** Native codecs are optional packages, loaded when first needed: brokers only need them to look into batches. */
function native(packageName: 'snappy' | 'lz4-napi'): unknown {
  if (!loaded.has(packageName)) {
    try {
      loaded.set(packageName, require(packageName));
    } catch (cause) {
      throw new CodecUnavailableError(`package ${packageName} is not installed for this platform`, { cause });
    }
  }
  return loaded.get(packageName);
}

export function isCompression(codec: number): codec is Compression {
  return codec >= Compression.NONE && codec <= Compression.ZSTD;
}

/** @throws CodecUnavailableError */
export function compress(content: Buffer, codec: Compression): Buffer {
  switch (codec) {
    case Compression.NONE:
      return content;
    case Compression.GZIP:
      return gzipSync(content);
    case Compression.SNAPPY: {
      const snappy = native('snappy') as Snappy;
      return frameSnappy(content, (block) => snappy.compressSync(block));
    }
    case Compression.LZ4:
      return (native('lz4-napi') as Lz4).compressFrameSync(content);
    case Compression.ZSTD:
      return zstdCompressSync(content);
  }
}

/**
 * @param maxContentBytes bound on the result; never more than this is allocated for it
 * @returns `bytes` itself for codec NONE
 * @throws CorruptRecordsError if the bytes aren't what the codec writes, or the codec id is undefined
 * @throws DecompressedSizeError if the content is larger than `maxContentBytes`
 * @throws CodecUnavailableError
 */
export function decompress(bytes: Buffer, codec: number, maxContentBytes = DEFAULT_MAX_CONTENT_BYTES): Buffer {
  switch (codec) {
    case Compression.NONE:
      return bytes;
    case Compression.GZIP:
      return inflate(() => gunzipSync(bytes, { maxOutputLength: maxContentBytes }), maxContentBytes);
    case Compression.SNAPPY:
      return uncompressSnappy(bytes, maxContentBytes);
    case Compression.LZ4:
      return uncompressLz4(bytes, maxContentBytes);
    case Compression.ZSTD:
      return inflate(() => zstdDecompressSync(bytes, { maxOutputLength: maxContentBytes }), maxContentBytes);
    default:
      throw new CorruptRecordsError(`undefined compression codec ${codec}`);
  }
}

function inflate(run: () => Buffer, maxContentBytes: number): Buffer {
  try {
    return run();
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new DecompressedSizeError(maxContentBytes);
    }
    throw new CorruptRecordsError('records do not decompress', { cause });
  }
}

function uncompressSnappy(bytes: Buffer, maxContentBytes: number): Buffer {
  const blocks = snappyBlocksIn(bytes);
  const contentBytes = blocks.reduce((sum, block) => sum + snappyContentBytes(block), 0);
  if (contentBytes > maxContentBytes) throw new DecompressedSizeError(maxContentBytes);
  const snappy = native('snappy') as Snappy;
  const contents = blocks.map((block) => inflate(() => snappy.uncompressSync(block) as Buffer, maxContentBytes));
  return contents.length === 1 ? (contents[0] as Buffer) : Buffer.concat(contents);
}

function uncompressLz4(bytes: Buffer, maxContentBytes: number): Buffer {
  const { frameBytes, contentBytes } = measureLz4Frame(bytes);
  if (contentBytes > maxContentBytes) throw new DecompressedSizeError(maxContentBytes);
  const lz4 = native('lz4-napi') as Lz4;
  return inflate(() => lz4.decompressFrameSync(bytes.subarray(0, frameBytes)), maxContentBytes);
}
