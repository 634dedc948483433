import type { Logger } from '../logging/logger.js';
import { ASSIGNMENTS_PREFIX, assignmentKey, BROKERS_PREFIX, CONTROLLER_KEY, parseKey } from '../metadata/keys.js';
import type { Change, KeyValue, MetadataStore, Watch } from '../metadata/metadata-store.js';
import { decodeAssignmentRecord, isClaimed } from '../metadata/partition-assignment.js';
import { decodeBrokerRegistration, decodeIncarnationRecord } from '../metadata/records.js';

/** A broker that lives, as far as is known here. */
export interface MirroredBroker {
  readonly id: number;
  readonly host: string;
  readonly port: number;
  readonly rack: string | null;
  readonly incarnationId: string;
  readonly draining: boolean;
}

/** Who leads a partition, as far as is known here. */
export interface MirroredAssignment {
  readonly topicName: string;
  readonly partition: number;
  readonly brokerId: number;
  /** Of the leader; empty when the partition was released. */
  readonly incarnationId: string;
  readonly epoch: number;
  /** The broker that it is to be released for; undefined when it stays. */
  readonly moveTo: number | undefined;
  /** Whether the leader has taken it over. */
  readonly isClaimed: boolean;
}

/** What one incarnation leads. */
interface Led {
  readonly keys: Set<string>;
  version: number;
}

/**
 * Live brokers, the controller and all assignments, mirrored from the metadata store. It lags: good for hints and as a
 * trigger, never for a decision (commit protocol, rule 8).
 */
export class ClusterMirror {
  private readonly liveBrokers = new Map<number, MirroredBroker>();
  private readonly assignments = new Map<string, MirroredAssignment>();
  private readonly byIncarnation = new Map<string, Led>();
  private versions = 0;
  private controller: number | undefined;
  private readonly listeners = new Set<() => void>();
  private watches: Watch[] = [];

  constructor(
    private readonly store: MetadataStore,
    private readonly logger: Logger,
  ) {}

  /** Resolves when the mirror has been filled. */
  async start(): Promise<void> {
    this.watches = [
      this.mirror(
        BROKERS_PREFIX,
        (entry) => this.putBroker(entry),
        (key) => this.dropBroker(key),
      ),
      this.mirror(
        ASSIGNMENTS_PREFIX,
        (entry) => this.putAssignment(entry),
        (key) => this.dropAssignment(key),
      ),
      this.mirror(
        CONTROLLER_KEY,
        (entry) => this.putController(entry),
        () => (this.controller = undefined),
      ),
    ];
    await Promise.all(this.watches.map((watch) => watch.ready));
  }

  close(): void {
    for (const watch of this.watches) watch.close();
  }

  /** Calls `listener` after something may have changed, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  brokers(): Iterable<MirroredBroker> {
    return this.liveBrokers.values();
  }

  broker(id: number): MirroredBroker | undefined {
    return this.liveBrokers.get(id);
  }

  /** Node id of the controller; undefined while there is none. */
  get controllerId(): number | undefined {
    return this.controller;
  }

  /** Who leads a partition, or led it last; undefined when it was never assigned. */
  assignment(topicName: string, partition: number): MirroredAssignment | undefined {
    return this.assignments.get(assignmentKey(topicName, partition));
  }

  /** What an incarnation leads. */
  *assignedTo(incarnationId: string): Iterable<MirroredAssignment> {
    for (const key of this.byIncarnation.get(incarnationId)?.keys ?? []) {
      yield this.assignments.get(key) as MirroredAssignment;
    }
  }

  /** Another number whenever {@link assignedTo} gives something else, but for claims. */
  versionOf(incarnationId: string): number {
    return this.byIncarnation.get(incarnationId)?.version ?? 0;
  }

  private mirror(prefix: string, put: (entry: KeyValue) => void, drop: (key: string) => void): Watch {
    return this.store.watch(prefix, {
      snapshot: (entries) => {
        this.clear(prefix);
        for (const entry of entries) this.take(entry, put, drop);
        this.changed();
      },
      changes: (changes: readonly Change[]) => {
        for (const change of changes) {
          if (change.type === 'put') this.take(change.entry, put, drop);
          else drop(change.key);
        }
        this.changed();
      },
    });
  }

  /** What can't be read counts as absent, and is no reason to know nothing of the rest. */
  private take(entry: KeyValue, put: (entry: KeyValue) => void, drop: (key: string) => void): void {
    try {
      put(entry);
    } catch (error) {
      drop(entry.key);
      const { key } = entry;
      this.logger.error({ event: 'cluster_record_unreadable', key, err: error }, 'a record of the cluster is damaged');
    }
  }

  private clear(prefix: string): void {
    if (prefix === BROKERS_PREFIX) this.liveBrokers.clear();
    else if (prefix === CONTROLLER_KEY) this.controller = undefined;
    else {
      this.assignments.clear();
      this.byIncarnation.clear();
    }
  }

  private changed(): void {
    for (const listener of [...this.listeners]) listener();
  }

  private putBroker(entry: KeyValue): void {
    const { brokerId, host, port, rack, incarnationId, draining } = decodeBrokerRegistration(entry.value, entry.key);
    const id = Number(brokerId);
    this.liveBrokers.set(id, { id, host, port, rack: rack === '' ? null : rack, incarnationId, draining });
  }

  private dropBroker(key: string): void {
    const parsed = parseKey(key);
    if (parsed?.type === 'broker') this.liveBrokers.delete(parsed.nodeId);
  }

  private putController(entry: KeyValue): void {
    this.controller = Number(decodeIncarnationRecord(entry.value, entry.key).brokerId);
  }

  private putAssignment(entry: KeyValue): void {
    const parsed = parseKey(entry.key);
    if (parsed?.type !== 'assignment') return;
    const record = decodeAssignmentRecord(entry);
    const { brokerId, incarnationId, epoch, moveTo } = record;
    const assignment: MirroredAssignment = {
      topicName: parsed.topic,
      partition: parsed.partition,
      brokerId: Number(brokerId),
      incarnationId,
      epoch,
      moveTo: moveTo === '' ? undefined : Number(moveTo),
      isClaimed: isClaimed(record),
    };
    const before = this.assignments.get(entry.key);
    const isSame =
      before?.incarnationId === incarnationId && before.epoch === epoch && before.moveTo === assignment.moveTo;
    if (!isSame) this.dropAssignment(entry.key);
    this.assignments.set(entry.key, assignment);
    if (isSame || incarnationId === '') return;
    const led = this.byIncarnation.get(incarnationId) ?? { keys: new Set(), version: 0 };
    led.keys.add(entry.key);
    led.version = this.versions += 1;
    this.byIncarnation.set(incarnationId, led);
  }

  private dropAssignment(key: string): void {
    const incarnationId = this.assignments.get(key)?.incarnationId ?? '';
    this.assignments.delete(key);
    const led = this.byIncarnation.get(incarnationId);
    if (led === undefined) return;
    led.keys.delete(key);
    led.version = this.versions += 1;
    if (led.keys.size === 0) this.byIncarnation.delete(incarnationId);
  }
}
