import type { Logger } from '../logging/logger.js';
import { backoffDelay, interruptibleSleep } from '../time/backoff.js';
import { sleep, type Clock } from '../time/clock.js';
import { MetadataUnavailableError } from './metadata-store.js';

/**
 * Repeats a call that the metadata store did not answer, with back-off, until `deadline` (monotonic ms).
 *
 * @param call is given how many tries went before; each of them may still take effect
 * @throws MetadataUnavailableError of the last try when the deadline would pass
 */
export async function repeatUnanswered<T>(
  clock: Clock,
  random: () => number,
  deadline: number,
  call: (attempt: number) => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await call(attempt);
    } catch (error) {
      const delayMs = backoffDelay(attempt, random);
      if (!(error instanceof MetadataUnavailableError) || clock.monotonic() + delayMs >= deadline) throw error;
      await sleep(clock, delayMs);
    }
  }
}

export interface Repeating {
  readonly clock: Clock;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  readonly logger: Logger;
}

/**
 * Repeats a call as it is until the metadata store answers it: an outcome that is unknown is never inferred (commit
 * protocol, rule 1).
 *
 * @param event logged of each try that was not answered
 * @throws the signal's reason when it is aborted first: the outcome is unknown then
 * @throws what the call throws, other than that no answer came
 */
export async function untilAnswered<T>(
  { clock, random, logger }: Repeating,
  event: string,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof MetadataUnavailableError)) throw error;
      logger.warn({ event, attempt, err: error }, 'the metadata store did not answer, repeating');
      await interruptibleSleep(clock, backoffDelay(attempt, random), signal);
    }
  }
}
