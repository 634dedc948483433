import type { Logger } from '../logging/logger.js';
import { checksumOf, totalBytes } from '../storage/pieces.js';
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

/**
 * Stores an object under a key that was never used, however many tries that takes (I2).
 *
 * @returns whether it is stored; false when the key holds other bytes, which somebody else wrote
 * @throws the signal's reason when it is aborted: the object may be stored nevertheless, or may be later
 */
export async function createObject(
  { objects, clock, random, logger }: CreateObjectDependencies,
  key: string,
  body: readonly Buffer[],
  signal: AbortSignal,
): Promise<boolean> {
  const crc32c = checksumOf(body);
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
      if (!(error instanceof ObjectStoreError)) throw error;
      logger.warn({ event: 'create_object_retry', key, attempt, err: error }, 'object not stored, trying again');
      await interruptibleSleep(clock, backoffDelay(attempt, random), signal);
    }
  }
}
