import { DELETED, isSame, type Contents, type SimConsumer, type SimProducer } from './sim-clients.js';

/** Why the beginning of a partition may be gone. */
export interface Deletions {
  /** The highest offset below which somebody asked to delete records. */
  readonly requestedBelow: number;
  /** Records whose timestamps are later than this were not to be deleted by their age. */
  readonly expiredUntil: number | undefined;
  /** Whether records may be deleted because there are many. */
  readonly bySize: boolean;
}

/**
 * Everything acknowledged is where it was said to be, or was rightly deleted (I1).
 *
 * @throws Error
 */
export function checkAcknowledged(producer: SimProducer, partition: Contents, deletions: Deletions): void {
  for (const { offset, values, timestamp } of producer.acknowledged) {
    for (const [index, value] of values.entries()) {
      const found = partition[offset + index];
      if (found === DELETED ? mayBeDeleted(offset + index, timestamp, deletions) : found === value) continue;
      throw new Error(`I1 violated: ${value} was acknowledged at ${offset + index}, found ${found}`);
    }
  }
}

function mayBeDeleted(offset: number, timestamp: number, { requestedBelow, expiredUntil, bySize }: Deletions): boolean {
  return bySize || offset < requestedBelow || (expiredUntil !== undefined && timestamp <= expiredUntil);
}

/**
 * An idempotent producer's records are there in order, none of them twice, none left out (I8).
 *
 * @throws Error
 */
export function checkExactlyOnce(producer: SimProducer, partition: Contents): void {
  const stored = partition.filter((value) => value.startsWith(`${producer.name}:`));
  const first = Number(stored[0]?.split(':')[1] ?? 0);
  if (first > 0 && !partition.includes(DELETED)) throw new Error(`I8 violated: ${stored[0]} comes first`);
  for (const [index, value] of stored.entries()) {
    const expected = `${producer.name}:${first + index}`;
    if (value !== expected) throw new Error(`I8 violated: ${value} where ${expected} was expected`);
  }
}

/**
 * What a consumer was shown is still there, or was deleted (I3).
 *
 * @throws Error
 */
export function checkShown({ seen }: SimConsumer, partition: Contents): void {
  const wrong = seen.findIndex((value, offset) => !isSame(value, partition[offset]));
  if (wrong >= 0) {
    throw new Error(`I3 violated: a consumer was shown ${seen[wrong]} at ${wrong}, now ${partition[wrong]}`);
  }
}

/**
 * Nobody wrote in between: nothing is new, nothing different, and what was deleted stays so (I3).
 *
 * @throws Error
 */
export function checkUnchanged(before: readonly Contents[], after: readonly Contents[]): void {
  for (const [partition, contents] of before.entries()) {
    const now = after[partition] ?? [];
    const isUnchanged = contents.every((value, offset) => value === now[offset] || now[offset] === DELETED);
    if (now.length !== contents.length || !isUnchanged) {
      throw new Error(`I3 violated: partition ${partition} changed while nobody wrote`);
    }
  }
}
