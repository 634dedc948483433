/** How a declaration names versions: every version, none, one, a closed range, or from one on (Kafka's own grammar plus `all`). */
export type Versions = 'all' | 'none' | `${number}` | `${number}+` | `${number}-${number}`;

/** Both ends are inclusive; an empty range has `max < min`, an open one `max` = Infinity. */
export interface VersionRange {
  readonly min: number;
  readonly max: number;
}

export const ALL_VERSIONS: VersionRange = { min: 0, max: Infinity };
export const NO_VERSIONS: VersionRange = { min: 0, max: -1 };

const GRAMMAR = /^(\d+)(?:(\+)|-(\d+))?$/;

/** @throws RangeError when the text follows none of the forms of {@link Versions}. */
export function parseVersions(text: Versions): VersionRange {
  if (text === 'all') return ALL_VERSIONS;
  if (text === 'none') return NO_VERSIONS;
  const [, first, open, last] = GRAMMAR.exec(text) ?? [];
  if (first === undefined) throw new RangeError(`not a version range: ${text}`);
  const min = Number(first);
  if (open !== undefined) return { min, max: Infinity };
  return { min, max: last === undefined ? min : Number(last) };
}

export function includesVersion(range: VersionRange, version: number): boolean {
  return version >= range.min && version <= range.max;
}
