/** Share of the request buffer from which producers are asked to hold back. */
const FROM_UTILISATION = 0.8;
/** What they are asked for when the buffer is full, ms. */
const MAX_THROTTLE_MS = 500;

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
