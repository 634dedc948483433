import type { Logger } from '../logging/logger.js';
import { MetadataStoreError, type Change, type Snapshot, type Watch, type WatchListener } from './metadata-store.js';

/** The watches of a store that lives in this process. */
export class LocalWatches {
  private readonly watches = new Set<LocalWatch>();

  constructor(private readonly logger: Logger) {}

  /** @param snapshot reads the prefix as of now */
  add(prefix: string, listener: WatchListener, snapshot: () => Snapshot): Watch {
    const watch = new LocalWatch(prefix, listener, snapshot, this.logger, () => this.watches.delete(watch));
    this.watches.add(watch);
    queueMicrotask(() => watch.start());
    return watch;
  }

  /** Delivers the changes of one revision, in order, but not from within the caller's call. */
  publish(changes: readonly Change[], revision: number): void {
    for (const watch of this.watches) queueMicrotask(() => watch.deliver(changes, revision));
  }

  close(): void {
    for (const watch of this.watches) watch.close();
  }
}

class LocalWatch implements Watch {
  readonly ready: Promise<void>;
  private readonly started = Promise.withResolvers<undefined>();
  private closed = false;
  /** What the listener has heard; 0 when it needs a snapshot. */
  private revision = 0;

  constructor(
    private readonly prefix: string,
    private readonly listener: WatchListener,
    private readonly snapshot: () => Snapshot,
    private readonly logger: Logger,
    private readonly onClose: () => void,
  ) {
    this.ready = this.started.promise;
    // Whoever doesn't wait for the snapshot isn't interested in its failure either.
    this.ready.catch(() => undefined);
  }

  start(): void {
    if (this.closed) return;
    try {
      this.deliverSnapshot();
      this.started.resolve(undefined);
    } catch (error) {
      this.started.reject(error);
      this.close();
    }
  }

  deliver(changes: readonly Change[], revision: number): void {
    if (this.closed || revision <= this.revision) return;
    try {
      if (this.revision === 0) this.deliverSnapshot();
      else this.deliverChanges(changes, revision);
    } catch (error) {
      this.revision = 0;
      this.logger.error(
        { event: 'watch_listener_failed', prefix: this.prefix, err: error },
        'a change was not taken in',
      );
    }
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.onClose();
    this.started.reject(new MetadataStoreError('the watch was closed'));
  }

  private deliverSnapshot(): void {
    const { entries, revision } = this.snapshot();
    this.listener.snapshot(entries, revision);
    this.revision = revision;
  }

  private deliverChanges(changes: readonly Change[], revision: number): void {
    const ours = changes.filter((change) => keyOf(change).startsWith(this.prefix));
    if (ours.length > 0) this.listener.changes(ours, revision);
    this.revision = revision;
  }
}

function keyOf(change: Change): string {
  return change.type === 'put' ? change.entry.key : change.key;
}
