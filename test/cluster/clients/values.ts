import { parseKey } from '../checker/events.js';

const LENGTHS = 200;

/** The value that belongs to a key: all programs in `test/clients` that produce load make the same. */
export function valueOf(key: string): string {
  return `${key} ${'x'.repeat((parseKey(key)?.sequence ?? 0) % LENGTHS)}`;
}

/** The key of a value, undefined when it is no value that any producer made. */
export function keyOfValue(value: string): string | undefined {
  const key = value.slice(0, value.indexOf(' '));
  return valueOf(key) === value ? key : undefined;
}
