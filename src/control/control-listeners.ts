import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Address } from '../config/value-types.js';
import { routeByPreface } from './http2-preface.js';

/** A connection that has not sent its first bytes by then is closed, ms. */
const FIRST_BYTES_TIMEOUT_MS = 10_000;

export interface ControlAddresses {
  /** HTTP/1.1, and gRPC too unless that has an address of its own. */
  readonly http: Address;
  readonly grpc: Address | undefined;
}

/** Serves connections that somebody else has accepted. */
export interface SocketServer {
  /** @param socket nothing has been read from it */
  serve(socket: Socket): void;
}

const refusing: SocketServer = { serve: (socket) => void socket.destroy() };

/** The sockets of the metrics and control ports, handed to the server whose protocol they speak. */
export class ControlListeners {
  private readonly servers: Server[] = [];
  private readonly sockets = new Set<Socket>();

  private httpServer: SocketServer = refusing;
  private grpcServer: SocketServer = refusing;

  /** Who serves the connections that come, or send their first bytes, from now on. Without gRPC: such connections are closed. */
  serveWith(http: SocketServer, grpc: SocketServer = refusing): void {
    this.httpServer = http;
    this.grpcServer = grpc;
  }

  /**
   * Starts to listen.
   *
   * @throws the system's error when an address cannot be bound
   */
  async listen(addresses: ControlAddresses): Promise<void> {
    const http1 = (socket: Socket) => this.httpServer.serve(socket);
    const http2 = (socket: Socket) => this.grpcServer.serve(socket);
    if (addresses.grpc === undefined) {
      await this.bind(addresses.http, (socket) => routeByPreface(socket, { http1, http2 }, FIRST_BYTES_TIMEOUT_MS));
    } else {
      await this.bind(addresses.http, http1);
      await this.bind(addresses.grpc, http2);
    }
  }

  /** Stops listening and ends every connection. */
  async close(): Promise<void> {
    const closed = this.servers.map((server) => once(server, 'close'));
    for (const server of this.servers) server.close();
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(closed);
    this.servers.length = 0;
  }

  private async bind(address: Address, onSocket: (socket: Socket) => void): Promise<void> {
    const server = createServer((socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
      onSocket(socket);
    });
    server.listen({ port: address.port, ...(address.host !== undefined && { host: address.host }) });
    await once(server, 'listening');
    this.servers.push(server);
  }
}
