import type { Change, KeyValue, WatchListener } from '../../src/metadata/metadata-store.js';

/** Remembers what a watch says, and keeps the mirror that it describes. */
export class RecordingListener implements WatchListener {
  readonly snapshots: { keys: string[]; revision: number }[] = [];
  readonly changed: { revision: number; changes: string[] }[] = [];
  readonly mirror = new Map<string, string>();
  lastEntry: KeyValue | undefined;
  /** Resolves when the failure that was asked for has happened. */
  readonly failed: Promise<void>;

  private readonly failure = Promise.withResolvers<undefined>();
  private mustFail = false;
  private revision = 0;
  private readonly waiters = new Set<() => void>();

  constructor() {
    this.failed = this.failure.promise;
  }

  snapshot(entries: readonly KeyValue[], revision: number): void {
    this.failIfAsked();
    this.snapshots.push({ keys: entries.map(({ key }) => key), revision });
    this.mirror.clear();
    for (const { key, value } of entries) this.mirror.set(key, value.toString());
    this.heard(revision);
  }

  changes(changes: readonly Change[], revision: number): void {
    this.failIfAsked();
    this.changed.push({ revision, changes: changes.map(describe) });
    for (const change of changes) {
      if (change.type === 'delete') this.mirror.delete(change.key);
      else this.mirror.set(change.entry.key, change.entry.value.toString());
      if (change.type === 'put') this.lastEntry = change.entry;
    }
    this.heard(revision);
  }

  /** Has the next call throw. */
  failNext(): void {
    this.mustFail = true;
  }

  /** Resolves when the revision, or a later one, has been heard. */
  reaches(revision: number): Promise<void> {
    return this.until(() => this.revision >= revision);
  }

  /** Resolves when the condition holds, which is looked at whenever something is heard. */
  until(condition: () => boolean): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve) => {
      const check = () => {
        if (!condition()) return;
        this.waiters.delete(check);
        resolve();
      };
      this.waiters.add(check);
    });
  }

  private heard(revision: number): void {
    this.revision = revision;
    for (const check of [...this.waiters]) check();
  }

  private failIfAsked(): void {
    if (!this.mustFail) return;
    this.mustFail = false;
    this.failure.resolve(undefined);
    throw new Error('listener failed as asked');
  }
}

function describe(change: Change): string {
  return change.type === 'delete' ? `delete ${change.key}` : `put ${change.entry.key} ${change.entry.value.toString()}`;
}
