import type { HealthState } from '../../storage/health/direction-health.js';

/** Share of the request buffer from which producers are asked to hold back. */
const FROM_UTILISATION = 0.8;
/** What they are asked for when the buffer is full, ms. */
const MAX_THROTTLE_MS = 500;

/** The least that they are asked for while the object store is degraded, ms. */
const DEGRADED_THROTTLE_MS = 50;

/**
 * How long producers should wait before their next request (KIP-219): the closer the buffer of requests is to its
 * bound, the longer. At the bound itself the broker stops reading.
 *
 * @param utilisation share of the buffer in use, 0 or more
 * @returns ms, 0 to 500
 */
export function producerThrottle(utilisation: number): number {
  const excess = (utilisation - FROM_UTILISATION) / (1 - FROM_UTILISATION);
  return Math.round(MAX_THROTTLE_MS * Math.min(1, Math.max(0, excess)));
}

/**
 * How long producers should wait while the object store is not healthy: longer the nearer it is to unavailable.
 *
 * @param severity 0 at the warning thresholds, 1 at the critical ones
 * @returns ms; 0 when it is healthy, else 50 to 500
 */
export function storeThrottle(state: HealthState, severity: number): number {
  if (state === 'healthy') return 0;
  return Math.round(DEGRADED_THROTTLE_MS + severity * (MAX_THROTTLE_MS - DEGRADED_THROTTLE_MS));
}
