import { ObjectExistsError, ObjectStoreError, type ObjectStore } from '../storage/object-store.js';
import type { Logger } from '../logging/logger.js';
import type { Clock } from '../time/clock.js';
import { backoffDelay, interruptibleSleep } from '../time/backoff.js';
import { UploadSlots } from './upload-slots.js';
import type { SealedWalObject } from './wal-object.js';

/** Somebody else has written an object under a key that only this incarnation may use. */
export class ForeignWalObjectError extends Error {
  override readonly name = 'ForeignWalObjectError';
}

/** Uploads sealed objects, several at once, each until it is stored (commit protocol, rules 3 and 15). */
export class WalUploader {
  private readonly slots: UploadSlots;

  constructor(
    private readonly store: ObjectStore,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly logger: Logger,
    maxConcurrentUploads: number,
  ) {
    this.slots = new UploadSlots(maxConcurrentUploads);
  }

  /**
   * Resolves when the object is stored: the same bytes under the same key, however many tries that takes.
   *
   * @throws ForeignWalObjectError when the key holds other bytes
   * @throws the signal's reason when it is aborted
   */
  async upload(object: SealedWalObject, signal: AbortSignal): Promise<void> {
    await this.slots.acquire();
    try {
      for (let attempt = 0; ; attempt += 1) {
        signal.throwIfAborted();
        if (await this.tryOnce(object, attempt, signal)) break;
        await interruptibleSleep(this.clock, backoffDelay(attempt, this.random), signal);
      }
      this.slots.succeeded();
    } finally {
      this.slots.release();
    }
  }

  /** Whether the object is stored now. */
  private async tryOnce(object: SealedWalObject, attempt: number, signal: AbortSignal): Promise<boolean> {
    try {
      await this.store.create(object.ref.key, object.body, { crc32c: object.crc32c, signal });
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ObjectStoreError)) throw error;
      if (error instanceof ObjectExistsError) return this.isOurs(object, signal);
      if (error.slowDown) this.slots.slowDown();
      this.logger.warn(
        { event: 'wal_upload_retry', key: object.ref.key, bytes: object.sizeBytes, attempt, err: error },
        'WAL object could not be stored, trying again',
      );
      return false;
    }
  }

  /** After "exists": an earlier try of ours may have been carried out although it seemed to fail. */
  private async isOurs(object: SealedWalObject, signal: AbortSignal): Promise<boolean> {
    let stored;
    try {
      stored = await this.store.head(object.ref.key, { signal });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof ObjectStoreError)) throw error;
      this.logger.warn(
        { event: 'wal_upload_check_retry', key: object.ref.key, err: error },
        'stored object not readable',
      );
      return false;
    }
    if (stored.crc32c === object.crc32c && stored.sizeBytes === object.sizeBytes) return true;
    throw new ForeignWalObjectError(`${object.ref.key} holds bytes that this broker did not write`);
  }
}
