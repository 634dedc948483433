import { ASSIGNMENTS_PREFIX, INCARNATIONS_PREFIX, parseKey } from '../metadata/keys.js';
import type { Change, KeyValue, MetadataStore, Watch } from '../metadata/metadata-store.js';
import { assignmentOf, eventOf, isSameEvent, type Assignment } from './assignment-state.js';
import type { PartitionAssignmentEvent } from './messages.js';

/** @param previous what was known of the partition before; undefined when nothing was */
export type AssignmentListener = (
  event: PartitionAssignmentEvent,
  previous: PartitionAssignmentEvent | undefined,
) => void;

/** The assignments of all partitions and the incarnations that live, mirrored from the metadata store until closed. */
export class MirroredAssignments {
  /** Resolves when all present assignments are known; rejects when they can't be read, or on an earlier close. */
  readonly ready: Promise<void>;
  /** By key, as are the events. */
  private readonly assignments = new Map<string, Assignment>();
  private readonly events = new Map<string, PartitionAssignmentEvent>();
  private readonly liveIncarnations = new Set<string>();
  private incarnationsRevision = 0;
  private isReady = false;
  private readonly watches: readonly Watch[];

  /** @param listener is called for every change once the mirror is ready */
  constructor(
    store: Pick<MetadataStore, 'watch'>,
    private readonly listener: AssignmentListener,
  ) {
    this.watches = [
      store.watch(INCARNATIONS_PREFIX, {
        snapshot: (entries, revision) => this.setIncarnations(entries, revision),
        changes: (changes, revision) => this.changeIncarnations(changes, revision),
      }),
      store.watch(ASSIGNMENTS_PREFIX, {
        snapshot: (entries) => this.setAssignments(entries),
        changes: (changes) => this.changeAssignments(changes),
      }),
    ];
    this.ready = Promise.all(this.watches.map((watch) => watch.ready)).then(() => {
      this.isReady = true;
      this.lookAt(this.assignments.keys());
    });
    this.ready.catch(() => undefined);
  }

  /** What is known of all partitions now, in no order. */
  all(): readonly PartitionAssignmentEvent[] {
    return [...this.events.values()];
  }

  close(): void {
    for (const watch of this.watches) watch.close();
  }

  private setIncarnations(entries: readonly KeyValue[], revision: number): void {
    this.liveIncarnations.clear();
    for (const { key } of entries) this.liveIncarnations.add(incarnationIdOf(key));
    this.incarnationsRevision = revision;
    this.lookAt(this.assignments.keys());
  }

  private changeIncarnations(changes: readonly Change[], revision: number): void {
    const changed = new Set<string>();
    for (const change of changes) {
      const id = incarnationIdOf(change.type === 'put' ? change.entry.key : change.key);
      if (change.type === 'put') this.liveIncarnations.add(id);
      else this.liveIncarnations.delete(id);
      changed.add(id);
    }
    this.incarnationsRevision = revision;
    this.lookAt([...this.assignments].flatMap(([key, { incarnationId }]) => (changed.has(incarnationId) ? [key] : [])));
  }

  private setAssignments(entries: readonly KeyValue[]): void {
    const gone = new Set(this.assignments.keys());
    for (const entry of entries) {
      gone.delete(entry.key);
      this.put(entry);
    }
    for (const key of gone) this.assignments.delete(key);
    this.lookAt([...gone, ...this.assignments.keys()]);
  }

  private changeAssignments(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.type === 'put') this.put(change.entry);
      else this.assignments.delete(change.key);
    }
    this.lookAt(changes.map((change) => (change.type === 'put' ? change.entry.key : change.key)));
  }

  private put(entry: KeyValue): void {
    const assignment = assignmentOf(entry);
    if (assignment !== undefined) this.assignments.set(entry.key, assignment);
  }

  /** Tells what has become of partitions. Nothing, until both prefixes are known. */
  private lookAt(keys: Iterable<string>): void {
    if (!this.isReady) return;
    for (const key of keys) {
      const previous = this.events.get(key);
      const assignment = this.assignments.get(key);
      if (assignment !== undefined) {
        const event = eventOf(assignment, this.leaderLives(assignment));
        if (isSameEvent(previous, event)) continue;
        this.events.set(key, event);
        this.listener(event, previous);
      } else if (previous !== undefined) {
        this.events.delete(key);
        this.listener({ ...previous, status: 'deleted' }, previous);
      }
    }
  }

  /**
   * An incarnation lives when it is named a leader, so it was registered before and can end only afterwards: one that is
   * unknown as of an earlier revision has not been heard of yet.
   */
  private leaderLives({ incarnationId, modRevision }: Assignment): boolean {
    return this.liveIncarnations.has(incarnationId) || this.incarnationsRevision < modRevision;
  }
}

function incarnationIdOf(key: string): string {
  const parsed = parseKey(key);
  return parsed?.type === 'incarnation' ? parsed.incarnationId : '';
}
