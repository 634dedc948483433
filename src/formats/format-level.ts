import { FORMAT_LEVELS, OLDEST_WRITTEN_LEVEL, type FormatVersions } from './levels.js';

/** Format levels from `min` to `max`, inclusive. */
export interface LevelRange {
  readonly min: number;
  readonly max: number;
}

/** The levels at which this release can write. */
export const SUPPORTED_FORMAT_LEVELS: LevelRange = { min: OLDEST_WRITTEN_LEVEL, max: FORMAT_LEVELS.length };

/*
 * The level is the cluster's, and a process belongs to one cluster, so it is the process's too. Until the cluster's is
 * known it is the oldest one, which every broker that can be in a cluster with this one reads.
 */
let level = SUPPORTED_FORMAT_LEVELS.min;

/** The level at which this process writes. */
export function formatLevel(): number {
  return level;
}

/**
 * Has this process write at a level from now on. To be called with a level that the cluster has finalized. Finalized
 * levels only rise, so that late news of a lower one is ignored.
 *
 * @throws RangeError for a level that this release doesn't support
 */
export function raiseFormatLevel(finalized: number): void {
  if (!isSupported(finalized)) throw new RangeError(`format level ${finalized} is not supported`);
  level = Math.max(level, finalized);
}

export function isSupported(finalized: number, { min, max }: LevelRange = SUPPORTED_FORMAT_LEVELS): boolean {
  return finalized >= min && finalized <= max;
}

/** The version in which a format is to be written. */
export function writtenVersion(format: keyof FormatVersions): number {
  return versionAt(level, format);
}

/** The newest version of a format that this release reads. It reads all before it too. */
export function newestVersion(format: keyof FormatVersions): number {
  return versionAt(SUPPORTED_FORMAT_LEVELS.max, format);
}

/** Whether this release reads a version of a format; 0 is none. */
export function canRead(format: keyof FormatVersions, version: number): boolean {
  return version >= 1 && version <= newestVersion(format);
}

/** In words, for errors. */
export function rangeInWords({ min, max }: LevelRange): string {
  return min === max ? `level ${min}` : `levels ${min} to ${max}`;
}

function versionAt(at: number, format: keyof FormatVersions): number {
  const versions = FORMAT_LEVELS[at - 1];
  if (versions === undefined) throw new RangeError(`there is no format level ${at}`);
  return versions[format];
}
