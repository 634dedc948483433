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

function listen(port = 0): Promise<ReturnType<typeof createServer>> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

/** Below the range that the system gives to clients, and to those who let it choose. */
const [FIRST_STABLE_PORT, STABLE_PORTS] = [20_000, 12_000];
const given = new Set<number>();

/**
 * Finds ports for servers that are restarted: free now, given only once in this process, and taken by nobody by accident
 * while their server is away.
 */
export async function stablePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = FIRST_STABLE_PORT + Math.floor(Math.random() * STABLE_PORTS);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  try {
    const server = await listen(port);
    await new Promise((resolve) => server.close(resolve));
    return true;
  } catch {
    return false; // Somebody has it.
  }
}
