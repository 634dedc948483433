/** Why objects are removed. */
export const REMOVAL_REASONS = ['retired', 'wal', 'topic', 'orphan'] as const;
export type RemovalReason = (typeof REMOVAL_REASONS)[number];

/** Why a log begins later than before. */
export const LOG_START_REASONS = ['time', 'size', 'missing'] as const;
export type LogStartReason = (typeof LOG_START_REASONS)[number];

export const CLEANUP_TASKS = ['retention', 'retired', 'trim', 'incarnations', 'topics', 'orphans', 'missing'] as const;
export type CleanupTask = (typeof CLEANUP_TASKS)[number];

/** Who counts what is removed. */
export interface CleanupObserver {
  /** Objects were deleted, or had been before. */
  objectsRemoved(reason: RemovalReason, count: number): void;
  /** A log start was moved, past this many bytes of segments and WAL. */
  logStartMoved(reason: LogStartReason, bytes: number): void;
  cleanupFailed(task: CleanupTask): void;
  /** Objects that were found in the bucket and belong to nothing that is known; they are left alone. */
  unknownObjects(count: number): void;
}
