import type { Logger } from '../../logging/logger.js';
import { CONTROLLER_KEY } from '../../metadata/keys.js';
import type { MetadataStore } from '../../metadata/metadata-store.js';
import { decodeIncarnationRecord } from '../../metadata/records.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import type { TopicDefaults } from '../../metadata/topic-defaults.js';
import type { CleanupTask } from '../../metrics/cleanup-metrics.js';
import type { ObjectStore } from '../../storage/object-store.js';
import type { Clock } from '../../time/clock.js';
import { PeriodicTask } from '../../time/periodic-task.js';
import type { PartitionLogs } from '../partition-logs.js';
import { MissingSegments } from '../retention/missing-segments.js';
import { Retention } from '../retention/retention.js';
import type { CleanupObserver } from './cleanup-observer.js';
import { DeletedTopics } from './deleted-topics.js';
import { EndedIncarnations } from './ended-incarnations.js';
import { ObjectRemover } from './object-remover.js';
import { OrphanScan } from './orphan-scan.js';
import { RetiredObjects } from './retired-objects.js';
import { WalTrim } from './wal-trim.js';

export interface JanitorOptions {
  /** First path segment of all object keys. */
  readonly namespace: string;
  /** How often retention is applied, ms. */
  readonly retentionIntervalMs: number;
  /** How long objects stay that nobody needs any more, ms: longer than any reader takes. */
  readonly graceMs: number;
  /** How often the bucket is searched for objects that belong to nothing, ms. */
  readonly orphanScanIntervalMs: number;
  /** How old such objects must be to be removed, ms: older than what may still be committed. Default: a day. */
  readonly minOrphanAgeMs?: number;
}

export interface JanitorDependencies {
  readonly logs: PartitionLogs;
  readonly objects: ObjectStore;
  readonly metadata: MetadataStore;
  readonly catalogue: Pick<TopicCatalogue, 'get' | 'getById'>;
  readonly topicDefaults: Pick<TopicDefaults, 'under'>;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly observer: CleanupObserver;
}

/** The longest that objects wait for their deletion after the grace period, ms. */
const LONGEST_INTERVAL_MS = 60_000;

/**
 * Removes what is not needed any more: applies retention, and deletes retired objects, the WAL, deleted topics and orphans.
 *
 * Works for as long as an incarnation lives. Each task goes its own way, and each can be ended at any moment: what is to be
 * deleted is remembered in manifests and in the metadata store.
 */
export class Janitor {
  private readonly tasks: readonly PeriodicTask[];
  private readonly walTrim: WalTrim;
  private incarnationId: string | undefined;
  private lifetime = new AbortController();

  constructor(
    options: JanitorOptions,
    private readonly dependencies: JanitorDependencies,
  ) {
    const { logs, objects, metadata, clock, random, logger, observer } = dependencies;
    const { namespace, graceMs, retentionIntervalMs, orphanScanIntervalMs } = options;
    const remover = new ObjectRemover(objects, clock, random, logger, observer);
    const shared = { ...dependencies, namespace, remover, graceMs };
    const { minOrphanAgeMs } = options;
    const retention = new Retention(shared);
    const retired = new RetiredObjects(shared);
    const orphans = new OrphanScan({ ...shared, ...(minOrphanAgeMs !== undefined && { minOrphanAgeMs }) });
    const missing = new MissingSegments(shared);
    logs.missingObjects.onMissing((key) => void missing.report(key, this.lifetime.signal));
    const walOptions = { namespace, graceMs, leftoversIntervalMs: orphanScanIntervalMs };
    const ended = new EndedIncarnations(metadata, objects, remover, walOptions, clock, logger);
    const topics = new DeletedTopics(metadata, objects, remover, { namespace, graceMs }, clock, logger);
    this.walTrim = new WalTrim(
      { namespace, graceMs },
      {
        ...shared,
        liveWal: () => logs.liveWal(),
        takeReplaced: () => logs.takeReplacedWalObjects(),
        refresh: () => logs.refreshHandedOver(),
      },
    );
    const often = Math.min(LONGEST_INTERVAL_MS, Math.max(1000, graceMs / 2));
    this.tasks = [
      this.task('retention', retentionIntervalMs, (signal) => retention.run(signal)),
      this.task('retired', often, (signal) => retired.run(signal)),
      this.task('trim', often, (signal) => this.walTrim.run(signal)),
      this.task('orphans', orphanScanIntervalMs, (signal) => orphans.run(signal)),
      this.task(
        'incarnations',
        often,
        this.ifController((signal) => ended.sweep(signal)),
      ),
      this.task(
        'topics',
        often,
        this.ifController((signal) => topics.sweep(signal)),
      ),
    ];
  }

  /** Committed WAL objects of this incarnation that are still needed. */
  get keptWalObjects(): number {
    return this.walTrim.keptObjects;
  }

  /** An incarnation has begun. */
  begin(incarnation: { readonly id: string }): void {
    this.incarnationId = incarnation.id;
    this.lifetime = new AbortController();
    for (const task of this.tasks) task.start();
  }

  /** It has ended: whatever is under way is given up. */
  abandon(reason: string): void {
    this.lifetime.abort(new Error(reason));
    for (const task of this.tasks) task.stop(reason);
  }

  /** Of what concerns the whole cluster one broker takes care. */
  private ifController(run: (signal: AbortSignal) => Promise<void>): (signal: AbortSignal) => Promise<void> {
    return async (signal) => {
      const entry = await this.dependencies.metadata.get(CONTROLLER_KEY);
      const controller = entry && decodeIncarnationRecord(entry.value, entry.key).incarnationId;
      if (controller !== undefined && controller === this.incarnationId) await run(signal);
    };
  }

  private task(name: CleanupTask, intervalMs: number, run: (signal: AbortSignal) => Promise<void>): PeriodicTask {
    const { clock, random, logger, observer } = this.dependencies;
    const onFailure = (error: unknown) => {
      observer.cleanupFailed(name);
      logger.warn(
        { event: 'cleanup_failed', task: name, err: error },
        'not everything was removed, trying again later',
      );
    };
    return new PeriodicTask({ intervalMs, run, onFailure }, clock, random);
  }
}
