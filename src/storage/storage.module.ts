import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { BrokerConfig } from '../config/broker-config.js';
import type { Logger } from '../logging/logger.js';
import { LOGGER } from '../logging/logging.module.js';
import { BrokerMetrics } from '../metrics/broker-metrics.js';
import { StoreMetrics } from '../metrics/store-metrics.js';
import { systemClock } from '../time/clock.js';
import { composeObjectStore } from './compose-object-store.js';
import { HealthProber } from './health/health-prober.js';
import { StoreHealth } from './health/store-health.js';
import type { ObjectStore } from './object-store.js';

/** Injection token of the {@link ObjectStore}. */
export const OBJECT_STORE = Symbol('ObjectStore');

/** The object store, with every request counted and judged. */
@Global()
@Module({})
export class StorageModule {
  /** @param stores open and reachable; whoever opened them closes them */
  static with(
    stores: { readonly objects: ObjectStore; readonly replica: ObjectStore | undefined },
    config: BrokerConfig,
  ): DynamicModule {
    return {
      module: StorageModule,
      providers: [
        {
          provide: StoreHealth,
          useFactory: (metrics: StoreMetrics, logger: Logger) => watchedHealth(config, metrics, logger),
          inject: [StoreMetrics, LOGGER],
        },
        {
          provide: HealthProber,
          useFactory: (health: StoreHealth) =>
            new HealthProber(health, (signal) => stores.objects.check({ signal }), systemClock),
          inject: [StoreHealth],
        },
        {
          provide: OBJECT_STORE,
          useFactory: (requests: BrokerMetrics, metrics: StoreMetrics, health: StoreHealth) => {
            const hedgeAfterMs = config.objects.kind === 's3' ? config.objects.hedgeAfterMs : 0;
            return composeObjectStore(stores, { requests, metrics, health, hedgeAfterMs, clock: systemClock });
          },
          inject: [BrokerMetrics, StoreMetrics, StoreHealth],
        },
      ],
      exports: [OBJECT_STORE, StoreHealth, HealthProber],
    };
  }
}

function watchedHealth(config: BrokerConfig, metrics: StoreMetrics, logger: Logger): StoreHealth {
  const health = new StoreHealth(config.storeHealth, systemClock);
  metrics.showHealth(() => health.report());
  health.onChange((direction, state, { latencyMs, errorRate }) => {
    const level = state === 'healthy' ? 'info' : 'warn';
    const event = { event: 'store_health', direction, state, latencyMs: Math.round(latencyMs), errorRate };
    logger[level](event, `the object store is ${state} for ${direction}`);
  });
  return health;
}
