import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

/**
 * Finds a TCP port of the loopback interface that is free now. Another process may still take it before the caller
 * does: start the server at once, and prefer letting it choose (port 0) where it can say what it chose.
 */
export async function freePort(): Promise<number> {
  const [port] = await freePorts(1);
  return port!;
}

/** Finds several free ports, all different (they are held together before any is let go). */
export async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(Array.from({ length: count }, () => listen()));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function listen(): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}
