/** Told of the connections of Kafka clients. */
export interface ConnectionObserver {
  connectionOpened(): void;
  /**
   * The broker has ended a connection: it had too many, or the client sent what has no answer, or was idle or too slow.
   */
  connectionRejected(reason: 'limit' | 'protocol' | 'timeout'): void;
}

/** For those who don't count. */
export const unobserved: ConnectionObserver = {
  connectionOpened: () => undefined,
  connectionRejected: () => undefined,
};
