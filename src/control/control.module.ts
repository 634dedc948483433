import type { Server as HttpServer } from 'node:http';
import { Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { BrokerConfig } from '../config/broker-config.js';
import { BROKER_CONFIG } from '../config/config.module.js';
import { METADATA_STORE } from '../metadata/metadata.module.js';
import type { MetadataStore } from '../metadata/metadata-store.js';
import { addReportedMetrics } from '../metrics/broker-gauges.js';
import { Gauges } from '../metrics/gauges.js';
import { systemClock } from '../time/clock.js';
import { AssignmentMirror } from './assignment-mirror.js';
import { AssignmentStreamController } from './assignment-stream.controller.js';
import { BrokerControlController } from './broker-control.controller.js';
import { controlCredentials } from './control-credentials.js';
import type { SocketServer } from './control-listeners.js';
import { ControlServer } from './control-server.js';
import { ControlTokenGuard } from './control-token.guard.js';
import { DrainController } from './drain.controller.js';
import { FormatLevelController } from './format-level.controller.js';
import { GrpcHealthController } from './grpc-health.controller.js';
import { ReportedMetrics } from './reported-metrics.js';

/** The gRPC control services. `ControlListeners` accept their connections. */
@Module({
  controllers: [
    BrokerControlController,
    DrainController,
    FormatLevelController,
    AssignmentStreamController,
    GrpcHealthController,
  ],
  providers: [
    ControlTokenGuard,
    {
      provide: ControlServer,
      useFactory: ({ control }: BrokerConfig) => new ControlServer(controlCredentials(control.tls)),
      inject: [BROKER_CONFIG],
    },
    {
      provide: AssignmentMirror,
      useFactory: (store: MetadataStore) => new AssignmentMirror(store),
      inject: [METADATA_STORE],
    },
    {
      provide: ReportedMetrics,
      useFactory: (gauges: Gauges) => {
        const reported = new ReportedMetrics(systemClock);
        addReportedMetrics(gauges, reported);
        return reported;
      },
      inject: [Gauges],
    },
  ],
  exports: [ControlServer],
})
export class ControlModule {}

/** Nest's HTTP server, which does not listen by itself. */
export function httpSocketServer(host: HttpAdapterHost): SocketServer {
  return { serve: (socket) => void (host.httpAdapter.getHttpServer() as HttpServer).emit('connection', socket) };
}
