import type { SimFaults } from './sim-broker.js';

/** What the seed decides of a life. */

/** Most that may be between two things, ms. */
export interface Pace {
  readonly betweenSendsMs: number;
  readonly betweenDisturbancesMs: number;
}
/** Much is under way at any moment. */
const HASTE: Pace = { betweenSendsMs: 60, betweenDisturbancesMs: 3_000 };
/** A broker lives so long that it sees the end of a grace period. */
const LEISURE: Pace = { betweenSendsMs: 10_000, betweenDisturbancesMs: 25_000 };

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
