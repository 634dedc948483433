/** A client connection as those see it who handle its requests. */
export interface ClientConnection {
  /** Unique within the process; names the connection in logs. */
  readonly id: number;
  readonly clientHost: string;
  readonly clientPort: number;
  /** Address and port that the client connected to. */
  readonly localAddress: string;
  readonly localPort: number;
  /** Aborted when the connection ends: the client is gone, or has sent what cannot be answered. */
  readonly closed: AbortSignal;
  /** Aborted when the broker stops: what waits for something to happen answers at once with what there is. */
  readonly shutdown: AbortSignal;
}

/** A response on its way to the socket. */
export interface Answer {
  /** The whole frame, size prefix included. The buffers must not change afterwards. */
  readonly chunks: readonly Buffer[];
  /** How long to read nothing more from this client (KIP-219), in ms. */
  readonly throttleMs: number;
}

export interface FrameHandler {
  /**
   * Handles one request. Called in the order in which requests arrive, each time before the next request is even
   * decoded: what an implementation does before it returns, it does in that order. Answers are sent in that order
   * too, whenever they are ready.
   *
   * @param frame in memory of its own, so slices of it may be kept
   * @returns undefined if the request has no response
   * @throws CloseConnection, also by rejecting, to close the connection once earlier requests are answered
   */
  handleFrame(frame: Buffer, connection: ClientConnection): Answer | undefined | Promise<Answer | undefined>;
}
