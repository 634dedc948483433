import type { CleanupTask, LogStartReason, RemovalReason } from '../../metrics/cleanup-metrics.js';

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
