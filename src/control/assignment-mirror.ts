import type { MetadataStore } from '../metadata/metadata-store.js';
import type { PartitionAssignmentEvent } from './messages.js';
import { MirroredAssignments, type AssignmentListener } from './mirrored-assignments.js';

export interface AssignmentSubscription {
  /**
   * All assignments at one moment; the listener hears of every change after it. Rejects when they can't be read, or when
   * the subscription is closed before they were.
   */
  readonly present: Promise<readonly PartitionAssignmentEvent[]>;
  close(): void;
}

/** Who leads which partition: mirrored from the metadata store as long as anybody listens, once for all listeners. */
export class AssignmentMirror {
  private readonly subscriptions = new Set<object>();
  private readonly listeners = new Set<AssignmentListener>();
  private mirrored: MirroredAssignments | undefined;

  constructor(private readonly store: Pick<MetadataStore, 'watch'>) {}

  /** Subscriptions that are not closed. */
  get size(): number {
    return this.subscriptions.size;
  }

  subscribe(listener: AssignmentListener): AssignmentSubscription {
    const subscription = {};
    // A function of its own for each subscription, though the same listener may have several.
    const own: AssignmentListener = (event, previous) => listener(event, previous);
    this.subscriptions.add(subscription);
    const mirrored = (this.mirrored ??= this.mirror());
    const present = mirrored.ready.then(
      () => {
        if (!this.subscriptions.has(subscription)) throw new Error('the watch was closed');
        this.listeners.add(own);
        return mirrored.all();
      },
      (error: unknown) => {
        // The next subscription is to try again.
        if (this.mirrored === mirrored) this.end(mirrored);
        throw error;
      },
    );
    present.catch(() => undefined);
    const close = () => {
      this.listeners.delete(own);
      if (this.subscriptions.delete(subscription) && this.subscriptions.size === 0) this.end(this.mirrored);
    };
    return { present, close };
  }

  private mirror(): MirroredAssignments {
    return new MirroredAssignments(this.store, (event, previous) => {
      for (const listener of [...this.listeners]) listener(event, previous);
    });
  }

  private end(mirrored: MirroredAssignments | undefined): void {
    mirrored?.close();
    this.mirrored = undefined;
  }
}
