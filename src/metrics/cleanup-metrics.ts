import { Counter, Gauge, type Registry } from 'prom-client';

/** Why objects are removed. */
export const REMOVAL_REASONS = ['retired', 'wal', 'topic', 'orphan'] as const;
export type RemovalReason = (typeof REMOVAL_REASONS)[number];

/** Why a log begins later than before. */
export const LOG_START_REASONS = ['time', 'size', 'missing'] as const;
export type LogStartReason = (typeof LOG_START_REASONS)[number];

export const CLEANUP_TASKS = ['retention', 'retired', 'trim', 'incarnations', 'topics', 'orphans', 'missing'] as const;
export type CleanupTask = (typeof CLEANUP_TASKS)[number];

/** What is counted of the removal of records and objects. All of it is there from the start, with value 0. */
export class CleanupMetrics {
  private readonly removedObjects: Counter<'reason'>;
  private readonly logStartMoves: Counter<'reason'>;
  private readonly removedBytes: Counter<'reason'>;
  private readonly failures: Counter<'task'>;
  private readonly unknown: Gauge;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.removedObjects = new Counter({
      name: 'kafscale_removed_objects_total',
      help: 'Objects deleted: retired by manifests, of the WAL, of deleted topics, or orphans',
      labelNames: ['reason'],
      registers,
    });
    this.logStartMoves = new Counter({
      name: 'kafscale_log_start_moves_total',
      help: 'Times a log start was moved by age (time), size, or because segments are missing in the bucket (missing)',
      labelNames: ['reason'],
      registers,
    });
    this.removedBytes = new Counter({
      name: 'kafscale_retention_removed_bytes_total',
      help: 'Bytes of the records that a log has lost by a move of its start',
      labelNames: ['reason'],
      registers,
    });
    this.failures = new Counter({
      name: 'kafscale_cleanup_failures_total',
      help: 'Times the removal of something failed; it is tried again',
      labelNames: ['task'],
      registers,
    });
    this.unknown = new Gauge({
      name: 'kafscale_unknown_objects',
      help: 'Objects in the folders of topics that belong to nothing that is known, as of the last search; left alone',
      registers,
    });
    for (const reason of REMOVAL_REASONS) this.removedObjects.inc({ reason }, 0);
    for (const reason of LOG_START_REASONS) {
      this.logStartMoves.inc({ reason }, 0);
      this.removedBytes.inc({ reason }, 0);
    }
    for (const task of CLEANUP_TASKS) this.failures.inc({ task }, 0);
  }

  objectsRemoved(reason: RemovalReason, count: number): void {
    this.removedObjects.inc({ reason }, count);
  }

  logStartMoved(reason: LogStartReason, bytes: number): void {
    this.logStartMoves.inc({ reason });
    this.removedBytes.inc({ reason }, bytes);
  }

  cleanupFailed(task: CleanupTask): void {
    this.failures.inc({ task });
  }

  unknownObjects(count: number): void {
    this.unknown.set(count);
  }

  /** Adds how far the deletion of the WAL lags behind, measured when somebody asks. */
  addWalGauge(keptObjects: () => number): void {
    new Gauge({
      name: 'kafscale_wal_kept_objects',
      help: 'Committed WAL objects of this incarnation that some partition still needs',
      registers: [this.registry],
      collect() {
        this.set(keptObjects());
      },
    });
  }
}
