import { Global, Module } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { BrokerMetrics } from './broker-metrics.js';
import { CleanupMetrics } from './cleanup-metrics.js';
import { CompactionMetrics } from './compaction-metrics.js';
import { ControllerMetrics } from './controller-metrics.js';
import { MetricsController } from './metrics.controller.js';
import { addProcessGauges } from './process-gauges.js';
import { ReadMetrics } from './read-metrics.js';
import { StoreMetrics } from './store-metrics.js';
import { WalMergeMetrics } from './wal-merge-metrics.js';

/** `/metrics` on the HTTP port, and the {@link BrokerMetrics} that everybody counts with. */
@Global()
@Module({
  imports: [PrometheusModule.register({ controller: MetricsController, defaultMetrics: { enabled: false } })],
  providers: [
    { provide: Registry, useFactory: createRegistry },
    { provide: BrokerMetrics, useFactory: createMetrics, inject: [Registry] },
    { provide: ReadMetrics, useFactory: (registry: Registry) => new ReadMetrics(registry), inject: [Registry] },
    { provide: StoreMetrics, useFactory: (registry: Registry) => new StoreMetrics(registry), inject: [Registry] },
    { provide: CleanupMetrics, useFactory: (registry: Registry) => new CleanupMetrics(registry), inject: [Registry] },
    {
      provide: CompactionMetrics,
      useFactory: (registry: Registry) => new CompactionMetrics(registry),
      inject: [Registry],
    },
    {
      provide: ControllerMetrics,
      useFactory: (registry: Registry) => new ControllerMetrics(registry),
      inject: [Registry],
    },
    { provide: WalMergeMetrics, useFactory: (registry: Registry) => new WalMergeMetrics(registry), inject: [Registry] },
  ],
  exports: [
    Registry,
    BrokerMetrics,
    ReadMetrics,
    StoreMetrics,
    CleanupMetrics,
    CompactionMetrics,
    ControllerMetrics,
    WalMergeMetrics,
  ],
})
export class MetricsModule {}

function createRegistry(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  return registry;
}

function createMetrics(registry: Registry): BrokerMetrics {
  const metrics = new BrokerMetrics(registry);
  addProcessGauges(metrics);
  return metrics;
}
