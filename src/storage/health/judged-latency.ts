/** The slowest line that is no fault of the store: what one request among several may get, bytes per ms (1 MiB/s). */
const SLOW_LINE_BYTES_PER_MS = 1048.576;

/**
 * The duration of a request as it is held against the store: without what the transfer of its bytes may take on a slow
 * line. A request of no size counts as it is; 8 MiB may take 8 s longer.
 *
 * Up to the warning threshold it is scaled down, so that a quick transfer of much counts as quick and not as nothing;
 * beyond, the allowance is taken off. A request reaches the warning exactly when it takes `warnMs` more than allowed.
 *
 * @param bytes sent or received
 */
export function judgedLatency(durationMs: number, bytes: number, warnMs: number): number {
  const allowedMs = bytes / SLOW_LINE_BYTES_PER_MS;
  return Math.max(durationMs - allowedMs, (durationMs * warnMs) / (warnMs + allowedMs));
}
