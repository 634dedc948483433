import type { Logger } from '../logging/logger.js';
import { totalBytes } from '../storage/pieces.js';
import { ObjectExistsError, ObjectStoreError, type ObjectStore } from '../storage/object-store.js';
import { backoffDelay, interruptibleSleep } from '../time/backoff.js';
import type { Clock } from '../time/clock.js';

export interface CreateObjectDependencies {
  readonly objects: ObjectStore;
  readonly clock: Clock;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  readonly logger: Logger;
}

/** An object as it is to be stored. */
export interface NewObject {
  readonly key: string;
  readonly body: readonly Buffer[];
  /** Of the whole body: combined from its pieces' checksums where these are known, as large bodies take long to read. */
  readonly crc32c: number;
  /** After so many tries the last error is thrown. Default: as many as it takes. */
  readonly maxTries?: number;
}

/**
 * Stores an object under a key that was never used (I2).
 *
 * @returns whether it is stored; false when the key holds other bytes, which somebody else wrote
 * @throws ObjectStoreError after the last try
 * @throws the signal's reason when it is aborted: the object may be stored nevertheless, or may be later
 */
export async function createObject(
  { objects, clock, random, logger }: CreateObjectDependencies,
  { key, body, crc32c, maxTries = Infinity }: NewObject,
  signal: AbortSignal,
): Promise<boolean> {
  const sizeBytes = totalBytes(body);
  const tryOnce = async () => {
    try {
      await objects.create(key, body, { crc32c, signal });
      return true;
    } catch (error) {
      if (!(error instanceof ObjectExistsError)) throw error;
      // An earlier try of ours may have been carried out although it seemed to fail.
      const stored = await objects.head(key, { signal });
      return stored.crc32c === crc32c && stored.sizeBytes === sizeBytes;
    }
  };
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await tryOnce();
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ObjectStoreError) || attempt + 1 >= maxTries) throw error;
      logger.warn({ event: 'create_object_retry', key, attempt, err: error }, 'object not stored, trying again');
      await interruptibleSleep(clock, backoffDelay(attempt, random), signal);
    }
  }
}
