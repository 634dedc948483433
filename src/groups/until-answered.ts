import type { Logger } from '../logging/logger.js';
import { MetadataUnavailableError } from '../metadata/metadata-store.js';
import { backoffDelay, interruptibleSleep } from '../time/backoff.js';
import type { Clock } from '../time/clock.js';

/**
 * Repeats a call as it is until the metadata store answers it: an outcome that is unknown is never inferred.
 *
 * @throws the signal's reason when it is aborted first
 * @throws what the call throws, other than that no answer came
 */
export async function untilAnswered<T>(
  { clock, random, logger }: { readonly clock: Clock; readonly random: () => number; readonly logger: Logger },
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof MetadataUnavailableError)) throw error;
      logger.warn({ event: 'group_store_retry', attempt, err: error }, 'the metadata store did not answer, repeating');
      await interruptibleSleep(clock, backoffDelay(attempt, random), signal);
    }
  }
}
