/** How a configuration's text is read, as in Kafka's `ConfigDef`. */
export type ConfigType =
  | { readonly kind: 'boolean' }
  | { readonly kind: 'int' | 'long' | 'double'; readonly min?: number; readonly max?: number }
  | { readonly kind: 'string'; readonly values?: readonly string[] }
  | {
      readonly kind: 'list';
      readonly values?: readonly string[];
      readonly mayBeEmpty?: boolean;
      readonly items?: RegExp;
    };

const INT_RANGE = { min: -(2n ** 31n), max: 2n ** 31n - 1n };
const LONG_RANGE = { min: -(2n ** 63n), max: 2n ** 63n - 1n };

/** What is wrong with the text as a value of the type: the end of a sentence that begins "must be"; undefined if nothing. */
export function faultOf(type: ConfigType, text: string): string | undefined {
  const value = text.trim();
  switch (type.kind) {
    case 'boolean':
      return /^(true|false)$/i.test(value) ? undefined : 'true or false';
    case 'int':
      return integerFault(value, INT_RANGE, type);
    case 'long':
      return integerFault(value, LONG_RANGE, type);
    case 'double':
      return value !== '' && isWithin(Number(value), type) ? undefined : `a number${describeBounds(type)}`;
    case 'string':
      return type.values === undefined || type.values.includes(value) ? undefined : oneOf(type.values);
    case 'list':
      return listFault(value, type);
  }
}

/** The items of a list's text. */
export function listItems(text: string): string[] {
  return text.trim() === '' ? [] : text.split(',').map((item) => item.trim());
}

type Bounds = { readonly min?: number; readonly max?: number };

function integerFault(value: string, range: typeof INT_RANGE, bounds: Bounds): string | undefined {
  const isInteger = /^[+-]?[0-9]{1,20}$/.test(value);
  const integer = isInteger ? BigInt(value.replace('+', '')) : 0n;
  const fits = isInteger && integer >= range.min && integer <= range.max;
  return fits && isWithin(Number(integer), bounds) ? undefined : `a whole number${describeBounds(bounds)}`;
}

function listFault(value: string, type: ConfigType & { kind: 'list' }): string | undefined {
  const items = listItems(value);
  if (items.length === 0 && type.mayBeEmpty !== true) return 'a list with at least one item';
  const { values, items: pattern } = type;
  if (values !== undefined && !items.every((item) => values.includes(item))) return `a list of ${oneOf(values)}`;
  if (pattern !== undefined && !items.every((item) => pattern.test(item)))
    return `a list of items like ${pattern.source}`;
  return undefined;
}

function isWithin(value: number, { min = -Infinity, max = Infinity }: Bounds): boolean {
  return value >= min && value <= max;
}

function describeBounds({ min, max }: Bounds): string {
  if (min === undefined && max === undefined) return '';
  if (max === undefined) return ` of at least ${min}`;
  return min === undefined ? ` of at most ${max}` : ` from ${min} to ${max}`;
}

function oneOf(values: readonly string[]): string {
  return `one of ${values.join(', ')}`;
}
