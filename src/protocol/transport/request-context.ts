/** What a handler may want to know about a request besides its body. */
export interface RequestContext {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  /** As the client names itself; null if it doesn't. */
  readonly clientId: string | null;
  readonly clientHost: string;
  /** Address and port of ours that the client connected to. */
  readonly localAddress: string;
  readonly localPort: number;
  readonly connectionId: number;
  /** Aborted when the connection ends: the client is gone, or has sent what cannot be answered. */
  readonly closed: AbortSignal;
  /** Aborted when the broker stops: what waits for something to happen answers at once with what there is. */
  readonly shutdown: AbortSignal;
  /** Monotonic time in ms at which the request had arrived. */
  readonly receivedAt: number;
  /** Size of the request in bytes, its size prefix not counted. */
  readonly requestBytes: number;
}
