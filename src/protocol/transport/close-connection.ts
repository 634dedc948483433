/**
 * Thrown by whoever handles a request: it has no answer that the client would understand, so the connection is closed
 * once the requests before it are answered. Kafka clients then connect again and refresh their metadata.
 */
export class CloseConnection extends Error {
  override readonly name = 'CloseConnection';
}
