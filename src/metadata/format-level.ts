import { VERSION } from '../config/version.js';
import {
  isSupported,
  raiseFormatLevel,
  rangeInWords,
  SUPPORTED_FORMAT_LEVELS,
  type LevelRange,
} from '../formats/format-level.js';
import type { Clock } from '../time/clock.js';
import { CLUSTER_ID_KEY, FORMAT_LEVEL_KEY } from './keys.js';
import {
  MetadataFormatError,
  type Compare,
  type KeyValue,
  type MetadataStore,
  type Operation,
} from './metadata-store.js';
import { decodeFormatLevel, encodeFormatLevel } from './records.js';

/** The format level of a cluster (docs/design/015-upgrades.md). */
export interface FinalizedLevel {
  /** At least 1. */
  readonly level: number;
  /** The version of KafScale that finalized it; undefined when nobody did, and it is 1. */
  readonly finalizedBy: string | undefined;
  /** Of the record; 0 while there is none. */
  readonly modRevision: number;
}

/** This version of KafScale cannot be in this cluster: others write what it cannot read, or cannot read what it writes. */
export class UnsupportedFormatLevelError extends Error {
  override readonly name = 'UnsupportedFormatLevelError';
}

/**
 * What the record says; without one, as in clusters that nobody has upgraded, the level is 1.
 *
 * @throws MetadataFormatError when it is damaged
 */
export function finalizedLevelOf(entry: KeyValue | undefined): FinalizedLevel {
  if (entry === undefined) return { level: 1, finalizedBy: undefined, modRevision: 0 };
  const { level, finalizedBy } = decodeFormatLevel(entry.value, entry.key);
  if (level < 1) throw new MetadataFormatError(`${entry.key} is no FormatLevel: it says ${level}`);
  return { level, finalizedBy, modRevision: entry.modRevision };
}

/** @throws MetadataUnavailableError, MetadataFormatError */
export async function readFormatLevel(store: Pick<MetadataStore, 'get'>): Promise<FinalizedLevel> {
  return finalizedLevelOf(await store.get(FORMAT_LEVEL_KEY));
}

/**
 * Has this process write at the level of the cluster to which the store belongs. To be called before anything else is read
 * from the stores: others may have written what this version cannot read. Does nothing when there is no cluster yet.
 *
 * @throws UnsupportedFormatLevelError, MetadataUnavailableError, MetadataFormatError
 */
export async function adoptFormatLevel(store: Pick<MetadataStore, 'get'>): Promise<void> {
  const finalized = await readFormatLevel(store);
  if (finalized.modRevision === 0 && (await store.get(CLUSTER_ID_KEY)) === undefined) return;
  requireSupported(finalized);
  raiseFormatLevel(finalized.level);
}

/** That the level is still the one that was read. */
export function isStill({ modRevision }: FinalizedLevel): Compare {
  return { key: FORMAT_LEVEL_KEY, modRevision };
}

/** Finalizes a level. The transaction must compare what makes that safe. */
export function putFormatLevel(level: number, clock: Clock): Operation {
  const finalizedAt = new Date(clock.now()).toISOString();
  return { type: 'put', key: FORMAT_LEVEL_KEY, value: encodeFormatLevel({ level, finalizedBy: VERSION, finalizedAt }) };
}

/** @throws UnsupportedFormatLevelError, which says what to do */
export function requireSupported(
  { level, finalizedBy }: Omit<FinalizedLevel, 'modRevision'>,
  supported: LevelRange = SUPPORTED_FORMAT_LEVELS,
): void {
  if (isSupported(level, supported)) return;
  const problem = `the cluster is at format level ${level}, but KafScale ${VERSION} supports ${rangeInWords(supported)} only`;
  const advice =
    level > supported.max
      ? `A finalized level is never lowered: run ${finalizedBy === undefined ? 'a newer version' : `KafScale ${finalizedBy} or newer`}.`
      : `Run a version that supports level ${level} and a higher one, finalize that one ("kafscale admin upgrade"), then this version.`;
  throw new UnsupportedFormatLevelError(`${problem}. ${advice}`);
}
