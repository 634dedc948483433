import type { History } from './history.js';

/**
 * Compares what brokers have said with what is in the log in the end.
 *
 * @param contents keys of the records by partition and offset
 * @param seen what a consumer was shown on the way, likewise
 */
export function checkContents(
  history: History,
  contents: readonly (readonly string[])[],
  seen: readonly (readonly string[])[],
  idempotentProducers: readonly string[],
): void {
  for (const { partition, offset, keys } of history.acknowledged) {
    for (const [index, key] of keys.entries()) {
      const found = contents[partition]?.[offset + index];
      if (found !== key) {
        history.violation(`I1: ${key} was acknowledged at ${partition}/${offset + index}, there is ${found}`);
      }
    }
  }
  for (const [partition, keys] of contents.entries()) {
    for (const producer of idempotentProducers) checkExactlyOnce(history, producer, partition, keys);
    for (const [offset, key] of (seen[partition] ?? []).entries()) {
      if (keys[offset] !== key)
        history.violation(`I3: ${key} was shown at ${partition}/${offset}, now ${keys[offset]}`);
    }
  }
}

/** Everything was acknowledged in the end: so everything must be there once, in order (I2, I8). */
function checkExactlyOnce(history: History, producer: string, partition: number, keys: readonly string[]): void {
  const stored = keys.filter((key) => key.startsWith(`${producer}:`));
  const wrong = stored.findIndex((key, sequence) => key !== `${producer}:${sequence}`);
  if (wrong >= 0) history.violation(`I8: ${stored[wrong]} is number ${wrong} of ${producer} in partition ${partition}`);
}
