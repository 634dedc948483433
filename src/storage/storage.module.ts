import { Global, Module, type DynamicModule } from '@nestjs/common';
import { BrokerMetrics } from '../metrics/broker-metrics.js';
import { systemClock } from '../time/clock.js';
import { MeteredObjectStore } from './metered-object-store.js';
import type { ObjectStore } from './object-store.js';

/** Injection token of the {@link ObjectStore}. */
export const OBJECT_STORE = Symbol('ObjectStore');

/** The object store, with every request counted. */
@Global()
@Module({})
export class StorageModule {
  /** @param store open and reachable; whoever opened it closes it */
  static with(store: ObjectStore): DynamicModule {
    return {
      module: StorageModule,
      providers: [
        {
          provide: OBJECT_STORE,
          useFactory: (metrics: BrokerMetrics) => new MeteredObjectStore(store, metrics, systemClock),
          inject: [BrokerMetrics],
        },
      ],
      exports: [OBJECT_STORE],
    };
  }
}
