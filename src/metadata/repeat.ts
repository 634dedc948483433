import { backoffDelay } from '../time/backoff.js';
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
