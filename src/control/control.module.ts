import type { Server as HttpServer } from 'node:http';
import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { BrokerControlController } from './broker-control.controller.js';
import { ControlListeners, type SocketServer } from './control-listeners.js';
import { ControlServer } from './control-server.js';

/** The gRPC control services, and the port that they share with HTTP. */
@Module({
  controllers: [BrokerControlController],
  providers: [
    ControlServer,
    {
      provide: ControlListeners,
      useFactory: (host: HttpAdapterHost, grpc: ControlServer) => new ControlListeners(httpSocketServer(host), grpc),
      inject: [HttpAdapterHost, ControlServer],
    },
  ],
  exports: [ControlServer, ControlListeners],
})
export class ControlModule {}

/** Nest's HTTP server, which does not listen by itself. */
function httpSocketServer(host: HttpAdapterHost): SocketServer {
  return { serve: (socket) => void (host.httpAdapter.getHttpServer() as HttpServer).emit('connection', socket) };
}
