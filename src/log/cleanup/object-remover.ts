import type { Logger } from '../../logging/logger.js';
import { ObjectStoreError, type ObjectStore } from '../../storage/object-store.js';
import { backoffDelay, interruptibleSleep } from '../../time/backoff.js';
import type { RemovalReason } from '../../metrics/cleanup-metrics.js';
import type { Clock } from '../../time/clock.js';
import type { CleanupObserver } from './cleanup-observer.js';

/** Keys per request (S3's limit). */
export const KEYS_PER_REQUEST = 1000;
/** Requests are this far apart at least, ms: whoever reads and writes goes first. */
const PAUSE_MS = 100;
const MAX_ATTEMPTS = 5;

/** Deletes objects, many in one request, at a measured pace. Deleting what is gone already does no harm. */
export class ObjectRemover {
  constructor(
    private readonly objects: ObjectStore,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly logger: Logger,
    private readonly observer: Pick<CleanupObserver, 'objectsRemoved'>,
  ) {}

  /**
   * Deletes all objects with these keys. When it throws, some of them may be left.
   *
   * @param signal gives up early
   * @throws ObjectStoreError when a request has failed several times
   * @throws the signal's reason
   */
  async remove(
    keys: Iterable<string> | AsyncIterable<string>,
    reason: RemovalReason,
    signal: AbortSignal,
  ): Promise<number> {
    let removed = 0;
    let batch: string[] = [];
    const flush = async () => {
      if (removed > 0) await interruptibleSleep(this.clock, PAUSE_MS, signal);
      await this.removeBatch(batch, signal);
      this.observer.objectsRemoved(reason, batch.length);
      removed += batch.length;
      batch = [];
    };
    for await (const key of keys) {
      batch.push(key);
      if (batch.length === KEYS_PER_REQUEST) await flush();
    }
    if (batch.length > 0) await flush();
    if (removed > 0) this.logger.info({ event: 'objects_removed', reason, count: removed }, 'objects deleted');
    return removed;
  }

  private async removeBatch(keys: readonly string[], signal: AbortSignal): Promise<void> {
    for (let attempt = 0; ; attempt += 1) {
      signal.throwIfAborted();
      try {
        await this.objects.delete(keys, { signal });
        return;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ObjectStoreError) || attempt + 1 >= MAX_ATTEMPTS) throw error;
        this.logger.warn(
          { event: 'object_removal_retry', count: keys.length, attempt, err: error },
          'objects could not be deleted, trying again',
        );
        await interruptibleSleep(this.clock, backoffDelay(attempt, this.random), signal);
      }
    }
  }
}
