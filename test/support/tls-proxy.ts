import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createServer } from 'node:tls';
import type { Certificate } from './self-signed.js';

/** Speaks TLS on a free port of 127.0.0.1, and passes what is inside on to a server that doesn't. */
export interface TlsProxy {
  readonly port: number;
  stop(): Promise<void>;
}

export async function startTlsProxy(targetPort: number, { cert, key }: Certificate): Promise<TlsProxy> {
  const sockets = new Set<Socket>();
  const server = createServer({ cert, key }, (client) => {
    const target = connect(targetPort, '127.0.0.1');
    for (const [socket, other] of [
      [client, target],
      [target, client],
    ] as const) {
      sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    client.pipe(target).pipe(client);
  });
  // Handshakes that clients break off are theirs to report.
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
