import type { Socket } from 'node:net';
import { Server, type ServerCredentials } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import type { PackageDefinition } from '@grpc/proto-loader';
import { ServerGrpc } from '@nestjs/microservices';
import { PROTO_OPTIONS, protoFile } from './proto-files.js';

/** Pings on silent connections end the streams of clients that vanished, ms. */
const KEEPALIVE = { 'grpc.keepalive_time_ms': 30_000, 'grpc.keepalive_timeout_ms': 10_000 };

interface ConnectionInjector {
  injectConnection(socket: Socket): void;
}

/**
 * Nest's gRPC transport for the control and health services and for reflection, without a port: it serves the sockets
 * that it is given.
 */
export class ControlServer extends ServerGrpc {
  private injector: ConnectionInjector | undefined;

  constructor(private readonly credentials: ServerCredentials) {
    super({
      package: ['kafscale.control', 'grpc.health.v1'],
      protoPath: [protoFile('control.proto'), protoFile('health.proto')],
      loader: PROTO_OPTIONS,
      onLoadPackageDefinition: (definition: PackageDefinition, server: Server) => {
        new ReflectionService(definition).addToServer(server);
      },
    });
  }

  /** What Nest calls to make the server, and to bind it, before it adds the services. */
  override createClient(): Promise<Server> {
    const server = new Server(KEEPALIVE);
    this.injector = server.createConnectionInjector(this.credentials);
    return Promise.resolve(server);
  }

  /** Serves a connection from which nothing has been read. */
  serve(socket: Socket): void {
    if (this.injector) this.injector.injectConnection(socket);
    else socket.destroy();
  }
}
