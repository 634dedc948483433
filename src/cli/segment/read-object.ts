import { readFile, stat } from 'node:fs/promises';
import { loadBucketConfigFromProcess } from '../../config/environment.js';
import { ConfigError } from '../../config/load-config.js';
import { openObjectStore, StoreUnavailableError } from '../../open-stores.js';
import { ObjectStoreError, type ObjectStore } from '../../storage/object-store.js';
import { MAX_SEGMENT_BYTES } from '../../storage/segment-format.js';

/** Nothing that KafScale writes is larger. */
const MAX_BYTES = MAX_SEGMENT_BYTES;
const S3_URL = /^s3:\/\/([^/]+)\/(.+)$/;
const READ_BYTES = 16 * 1024 * 1024;

/** The object cannot be read, for a reason that is not its contents. */
export class UnreadableObjectError extends Error {
  override readonly name = 'UnreadableObjectError';
}

export interface WholeObject {
  readonly bytes: Buffer;
  /** What the object store says that the CRC-32C is. */
  readonly announcedCrc32c: number | undefined;
}

/**
 * Reads a file, or an object of a bucket that is reached as the environment says (`KAFSCALE_S3_*`, `AWS_*`).
 *
 * @param location a path, or `s3://bucket/key`
 * @throws UnreadableObjectError when it is not there, cannot be reached, or has more than 2 GiB
 */
export async function readObject(location: string): Promise<WholeObject> {
  try {
    const [, bucket, key] = S3_URL.exec(location) ?? [];
    if (bucket === undefined || key === undefined) return await readWholeFile(location);
    const store = await openObjectStore(loadBucketConfigFromProcess(bucket));
    try {
      return await readFromStore(store, key);
    } finally {
      await store.close();
    }
  } catch (error) {
    if (!isExpected(error)) throw error;
    throw new UnreadableObjectError(`${location} cannot be read: ${error.message}`, { cause: error });
  }
}

async function readWholeFile(path: string): Promise<WholeObject> {
  if (path.startsWith('s3:')) throw new UnreadableObjectError(`the form is s3://bucket/key`);
  assertSize((await stat(path)).size);
  return { bytes: await readFile(path), announcedCrc32c: undefined };
}

async function readFromStore(store: ObjectStore, key: string): Promise<WholeObject> {
  const { sizeBytes, crc32c } = await store.head(key);
  assertSize(sizeBytes);
  const pieces: Buffer[] = [];
  for (let start = 0; start < sizeBytes; start += READ_BYTES) {
    pieces.push(await store.read(key, { start, length: Math.min(READ_BYTES, sizeBytes - start) }));
  }
  return { bytes: Buffer.concat(pieces), announcedCrc32c: crc32c };
}

function assertSize(sizeBytes: number): void {
  if (sizeBytes > MAX_BYTES) throw new UnreadableObjectError(`it has ${sizeBytes} bytes, more than ${MAX_BYTES}`);
}

function isExpected(error: unknown): error is Error {
  if (error instanceof UnreadableObjectError || error instanceof ObjectStoreError) return true;
  if (error instanceof ConfigError || error instanceof StoreUnavailableError) return true;
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}
