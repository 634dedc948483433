import { existsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { ServerGrpc } from '@nestjs/microservices';

interface ConnectionInjector {
  injectConnection(socket: Socket): void;
}

/** Nest's gRPC transport for `proto/control.proto`, without a port: it serves the sockets that it is given. */
export class ControlServer extends ServerGrpc {
  private injector: ConnectionInjector | undefined;

  constructor() {
    super({ package: 'kafscale.control', protoPath: protoPath(), loader: { defaults: true } });
  }

  /** What Nest calls to make the server, and to bind it, before it adds the services. */
  override createClient(): Promise<Server> {
    const server = new Server();
    this.injector = server.createConnectionInjector(ServerCredentials.createInsecure());
    return Promise.resolve(server);
  }

  /** Serves a connection from which nothing has been read. */
  serve(socket: Socket): void {
    if (this.injector) this.injector.injectConnection(socket);
    else socket.destroy();
  }
}

/** Beside the built program, or in the source tree. */
function protoPath(): string {
  const places = ['../proto/control.proto', '../../proto/control.proto'];
  const path = places.map((place) => fileURLToPath(new URL(place, import.meta.url))).find((file) => existsSync(file));
  if (path === undefined) throw new Error('control.proto is missing from this installation');
  return path;
}
