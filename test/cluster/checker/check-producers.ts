import { keyOf, parseKey, type HistoryEvent, type Sent } from './events.js';
import type { LogContents } from './log-contents.js';
import type { Violations } from './violations.js';

/** Compares what producers were told with the log: lost, doubled, reordered, refused and invented records. */
export function checkProducers(events: readonly HistoryEvent[], log: LogContents, violations: Violations): void {
  const idempotent = new Set<string>();
  const sent = new Set<string>();
  for (const event of events) {
    if (event.type === 'producer' && event.idempotent) idempotent.add(event.producer);
    if (event.type === 'send') for (const key of keysOf(event)) sent.add(key);
    if (event.type === 'ack') checkAcknowledged(event, log, violations);
    if (event.type === 'fail') checkRefused(event, log, violations);
  }
  for (const partition of log.partitionNumbers) {
    checkOrder(partition, log.keysOf(partition), { idempotent, sent }, violations);
  }
}

export function keysOf({ producer, partition, first, count }: Sent): string[] {
  return Array.from({ length: count }, (_, index) => keyOf(producer, partition, first + index));
}

function checkAcknowledged(ack: Sent & { readonly offset: number | null }, log: LogContents, violations: Violations) {
  for (const [index, key] of keysOf(ack).entries()) {
    if (ack.offset === null) {
      if (log.placesOf(key).length === 0) violations.add('lost', `${key} was acknowledged`);
      continue;
    }
    const offset = ack.offset + index;
    const found = log.keysOf(ack.partition)[offset];
    if (found === key) continue;
    const elsewhere = log.placesOf(key).map((place) => `${place.partition}/${place.offset}`);
    const is = elsewhere.length === 0 ? 'is nowhere' : `is at ${elsewhere.join(', ')}`;
    violations.add('lost', `${key} was acknowledged at ${ack.partition}/${offset}, where ${found} is; it ${is}`);
  }
}

function checkRefused(refused: Sent & { readonly error: string }, log: LogContents, violations: Violations) {
  for (const key of keysOf(refused)) {
    for (const { partition, offset } of log.placesOf(key)) {
      violations.add('refused record', `${key} was refused with ${refused.error}, and is at ${partition}/${offset}`);
    }
  }
}

/** What idempotent producers sent is there at most once, in order; anything that is there was sent. */
function checkOrder(
  partition: number,
  keys: readonly (string | undefined)[],
  { idempotent, sent }: { readonly idempotent: ReadonlySet<string>; readonly sent: ReadonlySet<string> },
  violations: Violations,
): void {
  const seen = new Map<string, number>();
  const last = new Map<string, { readonly sequence: number; readonly offset: number }>();
  for (const [offset, key] of keys.entries()) {
    // Holes are gaps, which are found where they were shown.
    if (key === undefined) continue;
    const parts = parseKey(key);
    if (parts === undefined || parts.partition !== partition || !sent.has(key)) {
      violations.add('unknown record', `${key} is at ${partition}/${offset}, nobody sent it there`);
      continue;
    }
    if (!idempotent.has(parts.producer)) continue;
    const earlier = seen.get(key);
    if (earlier !== undefined) {
      violations.add('duplicate', `${key} is at ${partition}/${earlier} and ${partition}/${offset}`);
      continue;
    }
    seen.set(key, offset);
    const before = last.get(parts.producer);
    if (before !== undefined && before.sequence > parts.sequence) {
      const other = keyOf(parts.producer, partition, before.sequence);
      violations.add('reordered', `${key} at ${partition}/${offset} is behind ${other} at ${before.offset}`);
    }
    last.set(parts.producer, { sequence: parts.sequence, offset });
  }
}
