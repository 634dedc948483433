import type { SimFaults } from './sim-broker.js';
import { GRACE_MS } from './sim-settings.js';

/** What the seed decides of a life. */

/** How the brokers of a life are set up. */
export interface Setup {
  /** Age at which records are compacted, ms: each broker has one of the two. Where it is long, the WAL is merged first. */
  readonly compactAfterMs: readonly [number, number];
  /** The longest that compaction waits before it reads an extent, ms. */
  readonly longestCompactionReadMs: number;
  readonly cacheBytes: number;
  /** How often compaction looks for work, ms. */
  readonly compactionLookMs: number;
}
const PROMPT: Setup = {
  compactAfterMs: [50, 8_000],
  longestCompactionReadMs: 0,
  cacheBytes: 64 * 1024,
  compactionLookMs: 500,
};
/** Nothing is urgent, and there is much time. */
export const QUIET: Setup = { ...PROMPT, compactionLookMs: 4_000 };
/** Brokers are replaced before they have compacted: the WAL of several that have ended is needed, and for long. */
const BEHIND: Setup = { ...PROMPT, compactAfterMs: [8_000, 60_000] };
/** What compaction is about to read is merged meanwhile and removed; hardly anything is in memory. */
const SLOW: Setup = { ...PROMPT, longestCompactionReadMs: 3 * GRACE_MS, cacheBytes: 1024 };

export function drawSetup(random: () => number): Setup {
  const which = random();
  if (which < 0.6) return PROMPT;
  return which < 0.8 ? BEHIND : SLOW;
}

/** Most that may be between two things, ms. */
export interface Pace {
  readonly betweenSendsMs: number;
  readonly betweenDisturbancesMs: number;
}
/** Much is under way at any moment. */
const HASTE: Pace = { betweenSendsMs: 60, betweenDisturbancesMs: 3_000 };
/** A broker lives so long that it sees the end of a grace period. */
const LEISURE: Pace = { betweenSendsMs: 10_000, betweenDisturbancesMs: 25_000 };

/** Broker ids that processes run under. */
export function drawBrokerIds(random: () => number): readonly number[] {
  const count = random() < 0.4 ? 1 : 2 + Math.floor(random() * 2);
  return Array.from({ length: count }, (_, index) => index + 1);
}

export function drawPace(random: () => number): Pace {
  return random() < 0.5 ? HASTE : LEISURE;
}

/** What a topic's configurations say of how much of it is kept. */
export interface TopicRetention {
  readonly configs: ReadonlyMap<string, string>;
  readonly maxAgeMs?: number;
  readonly maxBytes?: number;
}

/** None at all, or so little that it is reached within a life. */
export function drawRetention(random: () => number): TopicRetention {
  const which = random();
  const much = random();
  if (which < 0.4) return { configs: new Map() };
  if (which < 0.7) {
    const maxAgeMs = Math.floor(500 + much * 20_000);
    return { configs: new Map([['retention.ms', String(maxAgeMs)]]), maxAgeMs };
  }
  const maxBytes = Math.floor(200 + much * 2_500);
  return { configs: new Map([['retention.bytes', String(maxBytes)]]), maxBytes };
}

/** Some of all that stores do; half of the time not this one. */
export function drawFaults(random: () => number): SimFaults {
  const often = () => (random() < 0.5 ? 0 : random() * 0.25);
  return {
    objects: {
      latencyMs: [1, 10 + random() * 300],
      failBefore: often(),
      failAfter: often(),
      slowDown: often() / 2,
      stall: often() / 3,
      stallMs: 2_500,
      landsAfterAbort: random(),
    },
    metadata: {
      latencyMs: [1, 2 + random() * 60],
      failBefore: often() / 2,
      failAfter: often() / 2,
      applyLate: often() / 2,
      lateMs: 20_000,
      watchLagMs: random() * 4_000,
    },
  };
}
