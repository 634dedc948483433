/** Bounds on what one connection may use. Times are in ms. */
export interface ConnectionLimits {
  /** Largest request, its size prefix not counted (Kafka's `socket.request.max.bytes`). */
  readonly maxFrameBytes: number;
  /** Requests of one connection handled at a time; the next is read when one is answered. */
  readonly maxInFlightRequests: number;
  /** Bytes of these requests. A larger request is handled alone. */
  readonly maxInFlightBytes: number;
  /** A connection without traffic and without a request in flight is closed after this time. */
  readonly idleTimeoutMs: number;
  /** A request must arrive within this time of its first byte. */
  readonly frameTimeoutMs: number;
  /** A client must have taken in the responses written to it within this time. */
  readonly writeTimeoutMs: number;
  /** How long a connection that we have ended waits for the client to close its side. */
  readonly lingerMs: number;
}

export const DEFAULT_CONNECTION_LIMITS: ConnectionLimits = {
  maxFrameBytes: 100 * 1024 * 1024,
  maxInFlightRequests: 64,
  maxInFlightBytes: 64 * 1024 * 1024,
  idleTimeoutMs: 10 * 60_000,
  frameTimeoutMs: 60_000,
  writeTimeoutMs: 120_000,
  lingerMs: 2_000,
};
