import type { LevelRange } from '../formats/format-level.js';
import { rangeInWords } from '../formats/format-level.js';
import { finalizedLevelOf, isStill, putFormatLevel, type FinalizedLevel } from '../metadata/format-level.js';
import { BROKERS_PREFIX, FORMAT_LEVEL_KEY } from '../metadata/keys.js';
import { MetadataUnavailableError, type MetadataStore } from '../metadata/metadata-store.js';
import { decodeBrokerRegistration } from '../metadata/records.js';
import type { Clock } from '../time/clock.js';

/** A live broker, and the levels at which it can write. */
export interface BrokerLevels {
  readonly brokerId: number;
  /** Of KafScale. */
  readonly version: string;
  readonly supported: LevelRange;
}

export interface FormatLevels {
  readonly finalized: FinalizedLevel;
  /** By id. */
  readonly brokers: readonly BrokerLevels[];
  /** The highest level that could be finalized now; the finalized one when there is no higher one. */
  readonly highest: number;
}

/** The level cannot be finalized now; the message says why. */
export class FormatLevelRefusedError extends Error {
  override readonly name = 'FormatLevelRefusedError';
}

export interface FinalizeOptions {
  /** Only find out whether it could be done. */
  readonly dryRun?: boolean;
}

/** Brokers may come and go meanwhile, but not all the time. */
const MAX_ATTEMPTS = 20;

/**
 * The cluster's format level, and what its live brokers support.
 *
 * @throws MetadataUnavailableError, MetadataFormatError
 */
export async function readFormatLevels(store: MetadataStore): Promise<FormatLevels> {
  return (await readAll(store)).levels;
}

/**
 * Finalizes a format level: from now on brokers write at that level, and none can join that doesn't support it. One
 * transaction compares that no broker has registered since it was found that all that live support the level. A level
 * that is finalized already is left as it is.
 *
 * @param target undefined: the highest possible one
 * @returns the level that is finalized, or would be
 * @throws FormatLevelRefusedError when the level is lower than the present one, or some live broker doesn't support it
 * @throws MetadataUnavailableError when the outcome is unknown: to try again is safe
 */
export async function finalizeFormatLevel(
  store: MetadataStore,
  target: number | undefined,
  clock: Clock,
  { dryRun = false }: FinalizeOptions = {},
): Promise<number> {
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const { levels, revision } = await readAll(store);
    const level = target ?? levels.highest;
    check(level, levels);
    if (dryRun || level === levels.finalized.level) return level;
    const { succeeded } = await store.txn({
      compare: [isStill(levels.finalized), { prefix: BROKERS_PREFIX, unchangedSince: revision }],
      success: [putFormatLevel(level, clock)],
    });
    if (succeeded) return level;
  }
  throw new MetadataUnavailableError('brokers register all the time');
}

async function readAll(store: MetadataStore): Promise<{ readonly levels: FormatLevels; readonly revision: number }> {
  const finalized = finalizedLevelOf(await store.get(FORMAT_LEVEL_KEY));
  const { entries, revision } = await store.range(BROKERS_PREFIX);
  const brokers = entries.map(({ key, value }) => {
    const { brokerId, version, minFormatLevel, maxFormatLevel } = decodeBrokerRegistration(value, key);
    // Before levels were registered there was but one.
    const supported = { min: Math.max(1, minFormatLevel), max: Math.max(1, maxFormatLevel) };
    return { brokerId: Number(brokerId), version, supported };
  });
  brokers.sort((one, other) => one.brokerId - other.brokerId);
  const highest = Math.max(finalized.level, brokers.length === 0 ? 0 : Math.min(...brokers.map(maxOf)));
  return { levels: { finalized, brokers, highest }, revision };
}

function check(level: number, { finalized, brokers }: FormatLevels): void {
  if (level < finalized.level) {
    throw new FormatLevelRefusedError(`format level ${finalized.level} is finalized, and a level is never lowered`);
  }
  if (brokers.length === 0) throw new FormatLevelRefusedError('no broker is registered at the moment');
  const unfit = brokers.filter(({ supported: { min, max } }) => level < min || level > max);
  if (unfit.length === 0) return;
  const list = unfit.map(({ brokerId, version, supported }) => {
    return `broker ${brokerId} (KafScale ${version}) supports ${rangeInWords(supported)}`;
  });
  throw new FormatLevelRefusedError(`format level ${level} cannot be finalized: ${list.join(', ')}`);
}

function maxOf({ supported }: BrokerLevels): number {
  return supported.max;
}
