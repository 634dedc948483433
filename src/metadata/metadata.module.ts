import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Logger } from '../logging/logger.js';
import { LOGGER } from '../logging/logging.module.js';
import { systemClock } from '../time/clock.js';
import { GroupConfigs } from './group-configs.js';
import { ProducerIdAllocator } from './producer-ids.js';
import type { RevisionTrackingStore } from './revision-tracking-store.js';
import { TopicCatalogue } from './topic-catalogue.js';
import { TopicDefaults } from './topic-defaults.js';

/** Injection token of the {@link RevisionTrackingStore}. */
export const METADATA_STORE = Symbol('MetadataStore');

/** The metadata store and what is read from it directly: topics and producer ids. */
@Global()
@Module({})
export class MetadataModule {
  /** @param store open and reachable; whoever opened it closes it */
  static with(store: RevisionTrackingStore): DynamicModule {
    return {
      module: MetadataModule,
      providers: [
        { provide: METADATA_STORE, useValue: store },
        {
          provide: TopicCatalogue,
          useFactory: (logger: Logger) => new TopicCatalogue(store, systemClock, logger),
          inject: [LOGGER],
        },
        {
          provide: TopicDefaults,
          useFactory: (logger: Logger) => new TopicDefaults(store, systemClock, logger),
          inject: [LOGGER],
        },
        {
          provide: GroupConfigs,
          useFactory: (logger: Logger) => new GroupConfigs(store, systemClock, logger),
          inject: [LOGGER],
        },
        { provide: ProducerIdAllocator, useFactory: () => new ProducerIdAllocator(store, systemClock) },
      ],
      exports: [METADATA_STORE, TopicCatalogue, TopicDefaults, GroupConfigs, ProducerIdAllocator],
    };
  }
}
