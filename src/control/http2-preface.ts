import type { Socket } from 'node:net';

/** What every HTTP/2 connection with prior knowledge begins with (RFC 9113, section 3.4). */
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1');

export interface ProtocolHandlers {
  /** Takes a socket from which nothing has been read. */
  http1(socket: Socket): void;
  /** Takes a socket from which nothing has been read. */
  http2(socket: Socket): void;
}

/**
 * Reads the first bytes of a connection, puts them back, and hands the socket to the protocol that they belong to. A
 * socket that has not decided in time, fails or ends before is closed.
 */
export function routeByPreface(socket: Socket, handlers: ProtocolHandlers, timeoutMs: number): void {
  let received = Buffer.alloc(0);

  const onData = (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    const compared = Math.min(received.length, PREFACE.length);
    const matches = received.subarray(0, compared).equals(PREFACE.subarray(0, compared));
    if (matches && compared < PREFACE.length) return;
    letGo();
    socket.pause();
    socket.unshift(received);
    if (matches) {
      // Node's HTTP/2 takes what is buffered by itself; a socket that flows would lose it.
      handlers.http2(socket);
    } else {
      handlers.http1(socket);
      socket.resume();
    }
  };
  const onEnd = () => socket.destroy();
  const letGo = () => {
    socket.setTimeout(0);
    socket.off('data', onData).off('end', onEnd).off('error', onEnd).off('timeout', onEnd);
  };

  socket.setTimeout(timeoutMs);
  socket.on('data', onData).on('end', onEnd).on('error', onEnd).on('timeout', onEnd);
}
