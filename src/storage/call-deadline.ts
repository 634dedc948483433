import type { Clock } from '../time/clock.js';

/** A call took longer than it may. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
}

/**
 * Runs a call that ends by itself, or at its deadline, or when the caller's signal is aborted, whichever is first: also
 * when the code that it runs doesn't listen to its signal (credential lookups, for one).
 *
 * @param action is given a signal that is aborted at either end; what it does afterwards is ignored
 * @throws DeadlineError after `timeoutMs`
 * @throws the reason of `outer` when that is aborted
 */
export async function withDeadline<T>(
  clock: Clock,
  timeoutMs: number,
  outer: AbortSignal | undefined,
  action: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  outer?.throwIfAborted();
  const controller = new AbortController();
  let release = (): void => undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    const end = (reason: Error) => {
      controller.abort(reason);
      reject(reason);
    };
    const onAbort = () => end(outer?.reason as Error);
    const timer = clock.setTimer(timeoutMs, () => end(new DeadlineError(`no answer within ${timeoutMs} ms`)));
    outer?.addEventListener('abort', onAbort, { once: true });
    release = () => {
      timer.cancel();
      outer?.removeEventListener('abort', onAbort);
    };
  });
  try {
    return await Promise.race([action(controller.signal), ended]);
  } finally {
    release();
  }
}
