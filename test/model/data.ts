/** States are plain data: objects, arrays, numbers, booleans, null and strings. */

/** Looked up once: in Jest's sandbox each use of a global is slow. */
const { imul } = Math;
const { isArray } = Array;

/** A deep copy. */
export function copy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (isArray(value)) return value.map(copy) as T;
  const result = { ...value };
  for (const key in result) {
    const field = result[key];
    if (typeof field === 'object' && field !== null) result[key] = copy(field);
  }
  return result;
}

/**
 * 53 bits that are the same for equal data, and otherwise different but for one pair in 10¹⁶: what is remembered of each of
 * millions of states. The order of an object's fields counts.
 */
export function fingerprint(value: unknown): number {
  high = 0x9e3779b9 | 0;
  low = 0x85ebca6b | 0;
  mixIn(value);
  return ((high >>> 0) & 0x1fffff) * 2 ** 32 + (low >>> 0);
}

let high = 0;
let low = 0;

function mixIn(value: unknown): void {
  if (typeof value === 'number') mix(value + 16);
  else if (value === null) mix(1);
  else if (typeof value === 'boolean') mix(value ? 2 : 3);
  else if (typeof value === 'string') {
    mix(4);
    for (let at = 0; at < value.length; at += 1) mix(value.charCodeAt(at));
  } else if (isArray(value)) {
    mix(5);
    mix(value.length);
    for (const item of value) mixIn(item);
  } else {
    mix(6);
    const fields = value as Record<string, unknown>;
    for (const key in fields) mixIn(fields[key]);
  }
}

/** Two multiplicative hashes with different factors, each shifted so that all its bits matter. */
function mix(word: number): void {
  high = imul(high ^ word, 0xcc9e2d51);
  high ^= high >>> 15;
  low = imul(low ^ word ^ (high >>> 3), 0x1b873593);
  low ^= low >>> 13;
}

export function times(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}
