import { Module, type DynamicModule } from '@nestjs/common';
import { ClusterView } from '../cluster/cluster-view.js';
import type { Logger } from '../logging/logger.js';
import { LOGGER } from '../logging/logging.module.js';
import type { RevisionTrackingStore } from '../metadata/revision-tracking-store.js';
import type { ObjectStore } from '../storage/object-store.js';
import { OBJECT_STORE } from '../storage/storage.module.js';
import { systemClock } from '../time/clock.js';
import { MarkKeeper } from './mark-keeper.js';
import { MetadataMarks } from './metadata-marks.js';

/** What keeps the metadata store and the bucket from drifting apart unnoticed. */
@Module({})
export class RecoveryModule {
  static with(namespace: string, metadata: RevisionTrackingStore): DynamicModule {
    const keeper = {
      provide: MarkKeeper,
      inject: [OBJECT_STORE, ClusterView, LOGGER],
      useFactory: (objects: ObjectStore, { clusterId }: ClusterView, logger: Logger) =>
        new MarkKeeper(
          new MetadataMarks(objects, namespace),
          clusterId,
          () => metadata.writtenRevision,
          systemClock,
          logger,
        ),
    };
    return { module: RecoveryModule, providers: [keeper], exports: [MarkKeeper] };
  }
}
