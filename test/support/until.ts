import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_MS = 10_000;

/**
 * Asks again and again until `look` finds something: for what a broker tells nobody when it happens.
 *
 * @throws {Error} after `patienceMs`, ten seconds by default
 */
export async function until<T>(what: string, look: () => Promise<T | undefined>, patienceMs = PATIENCE_MS): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`waited ${patienceMs} ms for ${what}`);
    await delay(20);
  }
}
