import type { CleanupObserver } from '../../src/log/cleanup/cleanup-observer.js';
import type { CompactionObserver } from '../../src/log/compaction/compactor.js';
import type { MergeObserver } from '../../src/log/wal-merging/wal-merger.js';
import { MissingWalObjectError } from '../../src/log/wal-recovery.js';
import { ObjectNotFoundError } from '../../src/storage/object-store.js';
import { TOPIC } from './sim-settings.js';
import type { LogFields, Logger } from '../../src/logging/logger.js';

/** What may happen in a life besides appends and reads: the simulation proves nothing of what never happens in it. */
export const STEPS = [
  'crash',
  'takeover',
  'lease lost',
  'drain',
  'move',
  'partitions released',
  'records deleted',
  'read held',
  'topic deleted',
  'topic re-created',
  'compaction',
  'compaction read too late',
  'merge of segments',
  'merge of WAL objects',
  'WAL trimmed',
  'retention by time',
  'retention by size',
  'retired objects removed',
  'WAL objects removed',
  'objects of a topic removed',
  'orphans removed',
  'ended incarnation removed',
  'topic removed',
] as const;
export type Step = (typeof STEPS)[number];

/** Events that are logged at the end of a step. */
const STEP_OF_EVENT: Readonly<Record<string, Step>> = {
  wal_trimmed: 'WAL trimmed',
  partitions_released: 'partitions released',
  incarnation_removed: 'ended incarnation removed',
  topic_removed: 'topic removed',
};
const STEP_OF_REMOVAL = {
  retired: 'retired objects removed',
  wal: 'WAL objects removed',
  topic: 'objects of a topic removed',
  orphan: 'orphans removed',
} as const;

/** Counts the steps that brokers take, and finds out what no broker should ever have to log. */
export class SimSteps implements Logger {
  readonly counts = Object.fromEntries(STEPS.map((step) => [step, 0])) as Record<Step, number>;
  /** The first sign of a broken invariant. */
  violation: Error | undefined;

  count(step: Step): void {
    this.counts[step] += 1;
  }

  /** For {@link CleanupObserver}, {@link CompactionObserver} and {@link MergeObserver}. */
  readonly cleanup: CleanupObserver = {
    objectsRemoved: (reason) => this.count(STEP_OF_REMOVAL[reason]),
    logStartMoved: (reason) => {
      if (reason === 'missing') this.fail(new Error('I1 violated: segments that are part of the log are gone'));
      else this.count(reason === 'time' ? 'retention by time' : 'retention by size');
    },
    cleanupFailed: () => undefined,
    unknownObjects: () => undefined,
  };
  readonly compaction: CompactionObserver = {
    segmentWritten: (kind) => this.count(kind === 'merge' ? 'merge of segments' : 'compaction'),
    compactionFailed: () => undefined,
  };
  readonly merging: MergeObserver = {
    walObjectsMerged: () => this.count('merge of WAL objects'),
    walMergeFailed: () => undefined,
  };

  debug(fields: LogFields): void {
    this.hear(fields);
  }

  info(fields: LogFields): void {
    this.hear(fields);
  }

  warn(fields: LogFields): void {
    this.hear(fields);
  }

  error(fields: LogFields): void {
    this.hear(fields);
  }

  private hear(fields: LogFields): void {
    const step = STEP_OF_EVENT[fields.event];
    if (step !== undefined) this.count(step);
    if (fields.event === 'retired_object_in_use' || fields.event === 'segment_missing_inside') {
      this.fail(new Error(`I1 violated: ${fields.event} ${String(fields['key'])}`));
    }
    if (
      fields.event === 'compaction_failed' &&
      fields['kind'] === 'compaction' &&
      fields['topic'] === TOPIC &&
      fields.err instanceof ObjectNotFoundError
    ) {
      this.fail(new Error(`I1 violated: compaction can't get on: ${String(fields.err)}`));
    }
    this.judge(fields.err ?? fields['reason']);
  }

  /** Something has failed that must not. */
  fail(error: unknown): void {
    this.violation ??= error instanceof Error ? error : new Error(String(error));
  }

  /** Takes note of a broker's failure that no weather explains. */
  judge(failure: unknown): void {
    const text = String(failure);
    if (failure instanceof MissingWalObjectError || text.includes(' violated'))
      this.fail(new Error(text, { cause: failure }));
  }
}
