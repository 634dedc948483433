import { Global, Module, type DynamicModule, type Type } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { Registry } from 'prom-client';
import { systemClock } from '../time/clock.js';
import { AdminMetrics } from './admin-metrics.js';
import { CleanupMetrics } from './cleanup-metrics.js';
import { CompactionMetrics } from './compaction-metrics.js';
import { ConnectionMetrics } from './connection-metrics.js';
import { ControllerMetrics } from './controller-metrics.js';
import { EventLoopDelay } from './event-loop-delay.js';
import { Gauges } from './gauges.js';
import { GroupMetrics } from './group-metrics.js';
import { MetricsController } from './metrics.controller.js';
import type { ProcessMetrics } from './process-metrics.js';
import { ReadMetrics } from './read-metrics.js';
import { RequestMetrics } from './request-metrics.js';
import { StoreMetrics } from './store-metrics.js';
import { StoreRequestMetrics } from './store-request-metrics.js';
import { WalMergeMetrics } from './wal-merge-metrics.js';
import { WalMetrics } from './wal-metrics.js';

/** Each of them is given the registry, and domain classes get the one that they need, as an interface of theirs. */
const metrics: Type[] = [
  ...[AdminMetrics, CleanupMetrics, CompactionMetrics, ConnectionMetrics, ControllerMetrics, Gauges, GroupMetrics],
  ...[ReadMetrics, StoreMetrics, StoreRequestMetrics, WalMergeMetrics, WalMetrics],
];

/** `/metrics` on the HTTP port, and what everybody counts with. */
@Global()
@Module({})
export class MetricsModule {
  static with({ registry, eventLoop }: ProcessMetrics): DynamicModule {
    const requests = {
      provide: RequestMetrics,
      useFactory: (admin: AdminMetrics) => new RequestMetrics(registry, admin, systemClock),
      inject: [AdminMetrics],
    };
    return {
      module: MetricsModule,
      imports: [PrometheusModule.register({ controller: MetricsController, defaultMetrics: { enabled: false } })],
      providers: [
        { provide: Registry, useValue: registry },
        { provide: EventLoopDelay, useValue: eventLoop },
        ...metrics.map((Metrics) => ({ provide: Metrics, useFactory: () => new Metrics(registry) as unknown })),
        requests,
      ],
      exports: [Registry, EventLoopDelay, RequestMetrics, ...metrics],
    };
  }
}
