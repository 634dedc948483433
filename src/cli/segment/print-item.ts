import type { FieldValue, Item } from './item.js';

/** Fields in ms since the Unix epoch, which people read as dates. */
const TIMES = new Set(['createdAt', 'retiredAt', 'maxTimestamp', 'lastTimestamp', 'timestamp']);
const LAST_DATE_MS = 8.64e15;
const INDENTED: ReadonlySet<string> = new Set(['batch', 'index-entry']);

/** One line of JSON; times are ms since the Unix epoch. */
export function itemAsJson({ type, position, fields }: Item): string {
  return JSON.stringify({ type, position, ...fields });
}

/** One line for people: `type @position name=value …`. */
export function itemAsText({ type, position, fields }: Item): string {
  const indent = type === 'record' ? '    ' : INDENTED.has(type) ? '  ' : '';
  const where = position === undefined ? '' : ` @${position}`;
  if (type === 'damage') return `DAMAGE${where} ${fieldAsText('message', fields['message'])}`;
  const parts = Object.entries(fields).flatMap(([name, value]) =>
    value === undefined ? [] : [` ${name}=${fieldAsText(name, value)}`],
  );
  return `${indent}${type}${where}${parts.join('')}`;
}

function fieldAsText(name: string, value: FieldValue): string {
  if (typeof value === 'number' && TIMES.has(name) && value >= 0 && value <= LAST_DATE_MS) {
    return new Date(value).toISOString();
  }
  if (name === 'message' && typeof value === 'string') return value;
  return typeof value === 'string' && /^[\w./:+-]+$/.test(value) ? value : JSON.stringify(value);
}
