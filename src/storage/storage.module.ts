import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { BrokerConfig } from '../config/broker-config.js';
import type { Logger } from '../logging/logger.js';
import { LOGGER } from '../logging/logging.module.js';
import { StoreMetrics } from '../metrics/store-metrics.js';
import { StoreRequestMetrics } from '../metrics/store-request-metrics.js';
import { systemClock } from '../time/clock.js';
import { composeObjectStore } from './compose-object-store.js';
import { HealthProber } from './health/health-prober.js';
import { StoreHealth } from './health/store-health.js';
import { MeteredObjectStore } from './metered-object-store.js';
import type { ObjectStore } from './object-store.js';

/** Injection token of the {@link ObjectStore}. */
export const OBJECT_STORE = Symbol('ObjectStore');

/** Injection token of {@link StoreProbe}. */
export const STORE_PROBE = Symbol('StoreProbe');

/** A cheap request that changes nothing; rejects when the store can't be used. It is counted, but not judged. */
export type StoreProbe = (signal: AbortSignal) => Promise<void>;

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
          useFactory: (health: StoreHealth, probe: StoreProbe) => new HealthProber(health, probe, systemClock),
          inject: [StoreHealth, STORE_PROBE],
        },
        {
          provide: STORE_PROBE,
          useFactory: (requests: StoreRequestMetrics): StoreProbe => {
            const counted = new MeteredObjectStore(stores.objects, requests, systemClock);
            return (signal) => counted.check({ signal });
          },
          inject: [StoreRequestMetrics],
        },
        {
          provide: OBJECT_STORE,
          useFactory: (requests: StoreRequestMetrics, metrics: StoreMetrics, health: StoreHealth) => {
            const hedgeAfterMs = config.objects.kind === 's3' ? config.objects.hedgeAfterMs : 0;
            return composeObjectStore(stores, { requests, metrics, health, hedgeAfterMs, clock: systemClock });
          },
          inject: [StoreRequestMetrics, StoreMetrics, StoreHealth],
        },
      ],
      exports: [OBJECT_STORE, STORE_PROBE, StoreHealth, HealthProber],
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
