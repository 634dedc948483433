import { z } from 'zod';

/** How the text of a setting becomes a value, and what to tell whoever wrote something else. */
export interface ValueType<T> {
  /** Completes the sentence "allowed: …". */
  readonly allowed: string;
  readonly schema: z.ZodType<T, string>;
}

/** Where to listen. An absent host means all interfaces. */
export interface Address {
  readonly host: string | undefined;
  /** 1 to 65535. */
  readonly port: number;
}

const NUMBER = /^-?\d+(\.\d+)?$/;
const SIZE = /^(\d+)(Ki|Mi|Gi|Ti|k|M|G|T)?$/;
const SIZE_UNITS = { '': 1, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, k: 1e3, M: 1e6, G: 1e9, T: 1e12 };

/** Makes a type from a function that returns undefined for a text that it does not understand. */
export function valueType<T>(allowed: string, parse: (text: string) => T | undefined): ValueType<T> {
  const schema = z.string().transform((text, context): T => {
    const value = parse(text.trim());
    if (value !== undefined) return value;
    context.addIssue({ code: 'custom', message: allowed });
    return z.NEVER;
  });
  return { allowed, schema };
}

export const text = valueType('any text', (value) => value);

export const path = valueType('a path', (value) => value);

export const bool = valueType('true or false', (value) => {
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  return undefined;
});

export function integer(min: number, max: number, unit = ''): ValueType<number> {
  return valueType(`a whole number${unit && ` of ${unit}`} from ${min} to ${max}`, (value) => {
    const number = Number(value);
    return NUMBER.test(value) && Number.isInteger(number) && number >= min && number <= max ? number : undefined;
  });
}

export function decimal(min: number, max: number): ValueType<number> {
  return valueType(`a number from ${min} to ${max}`, (value) => {
    const number = Number(value);
    return NUMBER.test(value) && number >= min && number <= max ? number : undefined;
  });
}

/** A number of bytes, also with a unit as in Kubernetes quantities: `256Mi`, `1G`. */
export function size(min: string, max: string): ValueType<number> {
  const [least, most] = [parseSize(min) ?? 0, parseSize(max) ?? Infinity];
  return valueType(`a number of bytes from ${min} to ${max}, such as 8388608 or 8Mi`, (value) => {
    const bytes = parseSize(value);
    return bytes !== undefined && bytes >= least && bytes <= most ? bytes : undefined;
  });
}

function parseSize(value: string): number | undefined {
  const match = SIZE.exec(value);
  if (!match) return undefined;
  return Number(match[1]) * SIZE_UNITS[(match[2] ?? '') as keyof typeof SIZE_UNITS];
}

/** `:9092`, `host:9092` or `[::1]:9092`. */
export const address = valueType<Address>('host:port, or :port for all interfaces', (value) => {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]]*)):(\d{1,5})$/.exec(value);
  const port = Number(match?.[3]);
  if (!match || port < 1 || port > 65535) return undefined;
  return { host: match[1] ?? (match[2] === '' ? undefined : match[2]), port };
});

export const host = valueType('a host name or an IP address', (value) => (/^[^\s/]+$/.test(value) ? value : undefined));

export const url = valueType('an http:// or https:// URL', (value) => {
  return /^https?:\/\//.test(value) && URL.canParse(value) ? value : undefined;
});

/** Entries between commas; blanks around them do not count. */
export const endpoints = valueType<readonly string[]>(
  'host:port entries, each with or without http:// or https://, separated by commas',
  (value) => {
    const entries = value.split(',').map((entry) => entry.trim());
    const isValid = (entry: string) => /^(https?:\/\/)?[^\s/,]+:\d{1,5}\/?$/.test(entry);
    return entries.every(isValid) ? entries : undefined;
  },
);

export function oneOf<const T extends string>(...values: readonly T[]): ValueType<T> {
  return valueType(`one of ${values.join(', ')}`, (value) => values.find((candidate) => candidate === value));
}

/** The first part of every object key of a cluster. */
export const namespace = valueType(
  '1 to 63 characters of a-z, A-Z, 0-9, ".", "_" and "-", but not "." or ".."',
  (value) => (/^[a-zA-Z0-9._-]{1,63}$/.test(value) && value !== '.' && value !== '..' ? value : undefined),
);

export const keyPrefix = valueType('a path that begins and ends with "/"', (value) =>
  /^\/([^\s/]+\/)*$/.test(value) ? value : undefined,
);
