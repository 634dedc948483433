import { Controller, DEFAULT_CONTROLLER_OPTIONS } from '../../src/cluster/controller/controller.js';
import type { TransactionOutcome } from '../../src/cluster/controller/controller-observer.js';
import type { ControllerContext } from '../../src/cluster/controller/controller-term.js';
import type { Candidate } from '../../src/cluster/controller/election.js';
import { silentLogger } from '../../src/logging/logger.js';
import { EmbeddedMetadataStore } from '../../src/metadata/embedded-metadata-store.js';
import { decodeSlotsRecord, encodeSlotsRecord } from '../../src/metadata/group-slots.js';
import {
  ASSIGNMENTS_PREFIX,
  brokerKey,
  GROUP_SLOTS_KEY,
  incarnationKey,
  topicAssignmentsPrefix,
  topicConfigKey,
  topicPrefix,
} from '../../src/metadata/keys.js';
import type { KeyValue, Lease, MetadataStore, Operation } from '../../src/metadata/metadata-store.js';
import {
  decodeAssignmentRecord,
  encodeAssignmentRecord,
  type StoredAssignment,
} from '../../src/metadata/partition-assignment.js';
import { encodeBrokerRegistration, encodeIncarnationRecord } from '../../src/metadata/records.js';
import { encodeTopic, type Topic } from '../../src/metadata/topic.js';
import { newUuid } from '../../src/metadata/uuid.js';
import { seededRandom } from './seeded-random.js';
import { VirtualClock } from './virtual-clock.js';

const CHANGES_PER_TXN = 60;

/** What controllers have done. */
export class ControllerCounts {
  assigned = 0;
  moved = 0;
  readonly transactions: Record<TransactionOutcome, number> = { applied: 0, refused: 0, failed: 0 };
  runs = 0;
}

/** A metadata store with topics, and brokers that do of their part what the controller waits for. */
export class ControllerKit {
  readonly clock = new VirtualClock();
  readonly store = EmbeddedMetadataStore.inMemory();
  counts = new ControllerCounts();
  readonly topics = new TestTopics(this.store);
  /** Transactions of the brokers. */
  leaderTransactions = 0;
  private readonly led = new LedPartitions(this.store);

  resetCounts(): void {
    this.counts = new ControllerCounts();
    this.leaderTransactions = 0;
  }

  /** What an incarnation was assigned and has not released, by the names of the partitions. */
  assignedTo(incarnationId: string): ReadonlyMap<string, StoredAssignment> {
    return this.led.of(incarnationId);
  }

  /** The context of a broker's controller. @param store as that broker sees it */
  contextOf(store: MetadataStore, seed = 1): ControllerContext {
    const { clock, topics } = this;
    return {
      store,
      topics,
      // Planning takes no virtual time, so without a rest there would be a run for every change.
      options: { ...DEFAULT_CONTROLLER_OPTIONS, leastRestMs: 10 },
      clock,
      random: seededRandom(seed),
      logger: silentLogger,
      observer: {
        controllerChanged: () => undefined,
        planned: () => void (this.counts.runs += 1),
        partitionsAssigned: (count) => void (this.counts.assigned += count),
        movesPlanned: (count) => void (this.counts.moved += count),
        controllerTransaction: (outcome) => void (this.counts.transactions[outcome] += 1),
      },
    };
  }

  async assignments(): Promise<Map<string, StoredAssignment>> {
    const { entries } = await this.store.range(ASSIGNMENTS_PREFIX);
    return new Map(entries.map((entry) => [entry.key.slice(ASSIGNMENTS_PREFIX.length), decodeAssignmentRecord(entry)]));
  }

  async slots() {
    const entry = await this.store.get(GROUP_SLOTS_KEY);
    return entry === undefined ? [] : decodeSlotsRecord(entry).slots;
  }

  /** How many partitions each broker leads, by its id. */
  async loads(): Promise<Record<string, number>> {
    const loads: Record<string, number> = {};
    for (const { brokerId, incarnationId } of (await this.assignments()).values()) {
      if (incarnationId !== '') loads[brokerId] = (loads[brokerId] ?? 0) + 1;
    }
    return loads;
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

/** Topics, as a catalogue shows them. */
export class TestTopics {
  version = 0;
  private readonly topics = new Map<string, Topic>();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly store: MetadataStore) {}

  all(): readonly Topic[] {
    return [...this.topics.values()];
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Creates a topic, or changes the number of its partitions. */
  async put(name: string, partitionCount: number): Promise<void> {
    const topic = this.topicOf(name, partitionCount);
    await this.store.txn({
      compare: [],
      success: [{ type: 'put', key: topicConfigKey(name), value: encodeTopic(topic) }],
    });
    this.topics.set(name, topic);
    this.changed();
  }

  /** Shows a topic of which the metadata store has nothing: it was deleted, and that wasn't heard of yet. */
  showDeleted(name: string, partitionCount: number): void {
    this.topics.set(name, this.topicOf(name, partitionCount));
    this.changed();
  }

  async delete(name: string): Promise<void> {
    await this.store.txn({
      compare: [],
      success: [
        { type: 'deletePrefix', prefix: topicPrefix(name) },
        { type: 'deletePrefix', prefix: topicAssignmentsPrefix(name) },
      ],
    });
    this.topics.delete(name);
    this.changed();
  }

  private topicOf(name: string, partitionCount: number): Topic {
    const id = this.topics.get(name)?.id ?? newUuid();
    return { name, id, partitionCount, replicationFactor: 1, configs: new Map(), createdAt: '' };
  }

  private changed(): void {
    this.version += 1;
    for (const listener of [...this.listeners]) listener();
  }
}

/** Who leads what, from a watch. */
class LedPartitions {
  private readonly byIncarnation = new Map<string, Map<string, StoredAssignment>>();
  private readonly incarnations = new Map<string, string>();

  constructor(store: MetadataStore) {
    store.watch(ASSIGNMENTS_PREFIX, {
      snapshot: (entries) => {
        this.byIncarnation.clear();
        for (const entry of entries) this.put(entry);
      },
      changes: (changes) => {
        for (const change of changes) {
          if (change.type === 'put') this.put(change.entry);
          else this.drop(change.key.slice(ASSIGNMENTS_PREFIX.length));
        }
      },
    });
  }

  of(incarnationId: string): ReadonlyMap<string, StoredAssignment> {
    return this.byIncarnation.get(incarnationId) ?? new Map<string, StoredAssignment>();
  }

  private put(entry: KeyValue): void {
    const name = entry.key.slice(ASSIGNMENTS_PREFIX.length);
    const record = decodeAssignmentRecord(entry);
    this.drop(name);
    if (record.incarnationId === '') return;
    const led = this.byIncarnation.get(record.incarnationId) ?? new Map<string, StoredAssignment>();
    this.byIncarnation.set(record.incarnationId, led.set(name, record));
    this.incarnations.set(name, record.incarnationId);
  }

  private drop(name: string): void {
    this.byIncarnation.get(this.incarnations.get(name) ?? '')?.delete(name);
    this.incarnations.delete(name);
  }
}

/** One incarnation of a broker, which claims and releases when it is told to. */
export class TestLeader implements Candidate {
  private live = true;
  isDraining = false;

  private constructor(
    readonly kit: ControllerKit,
    readonly brokerId: number,
    readonly id: string,
    readonly rack: string,
    readonly lease: Lease,
  ) {}

  /** @param predecessor of the same broker, which is ended by the same transaction */
  static async register(
    kit: ControllerKit,
    brokerId: number,
    id: string,
    rack = '',
    predecessor?: TestLeader,
  ): Promise<TestLeader> {
    const leader = new TestLeader(kit, brokerId, id, rack, await kit.store.grantLease(10_000));
    const value = encodeIncarnationRecord({ incarnationId: id, brokerId: String(brokerId), startedAt: '' });
    const end: Operation[] = predecessor ? [{ type: 'delete', key: incarnationKey(predecessor.id) }] : [];
    if (predecessor) predecessor.live = false;
    await kit.store.txn({
      compare: [],
      success: [...end, { type: 'put', key: incarnationKey(id), value, lease: leader.lease }, leader.registration()],
    });
    return leader;
  }

  isLive(): boolean {
    return this.live;
  }

  /** The lease runs out, or a successor ends it. */
  async crash(): Promise<void> {
    this.live = false;
    await this.lease.revoke();
  }

  async drain(): Promise<void> {
    this.isDraining = true;
    await this.kit.store.txn({ compare: [], success: [this.registration()] });
  }

  /** Opens what it was assigned. @returns how many partitions */
  async claim(): Promise<number> {
    return this.change(
      ({ epoch, tenures }) => tenures.at(-1)?.epoch !== epoch,
      (record) => ({
        ...record,
        tenures: [
          ...record.tenures.filter(({ toOffset }) => toOffset === undefined),
          { incarnationId: this.id, epoch: record.epoch, fromOffset: 0, toOffset: undefined },
        ].slice(-1),
      }),
    );
  }

  /** Releases what it opened and is to release. @returns how many partitions */
  async release(): Promise<number> {
    return this.change(
      ({ epoch, tenures, moveTo }) => tenures.at(-1)?.epoch === epoch && (this.isDraining || moveTo !== ''),
      (record) => ({
        ...record,
        incarnationId: '',
        tenures: record.tenures.map((tenure) => ({ ...tenure, toOffset: tenure.toOffset ?? 0 })),
      }),
    );
  }

  /** Releases the group slots that it is to release. */
  async releaseSlots(): Promise<boolean> {
    const entry = await this.kit.store.get(GROUP_SLOTS_KEY);
    if (entry === undefined) return false;
    const { slots, modRevision } = decodeSlotsRecord(entry);
    const isToRelease = (slot: (typeof slots)[number]) =>
      slot.incarnationId === this.id && (this.isDraining || slot.moveTo !== '');
    if (!slots.some(isToRelease)) return false;
    const value = encodeSlotsRecord(slots.map((slot) => (isToRelease(slot) ? { ...slot, incarnationId: '' } : slot)));
    const { succeeded } = await this.kit.store.txn({
      compare: [
        { key: GROUP_SLOTS_KEY, modRevision },
        { key: incarnationKey(this.id), exists: true },
      ],
      success: [{ type: 'put', key: GROUP_SLOTS_KEY, value }],
    });
    return succeeded;
  }

  private async change(
    concerns: (record: StoredAssignment) => boolean,
    to: (record: StoredAssignment) => StoredAssignment,
  ): Promise<number> {
    const wanted = [...this.kit.assignedTo(this.id)].filter(([, record]) => concerns(record));
    let changed = 0;
    for (let at = 0; at < wanted.length; at += CHANGES_PER_TXN) {
      const some = wanted.slice(at, at + CHANGES_PER_TXN);
      this.kit.leaderTransactions += 1;
      const { succeeded } = await this.kit.store.txn({
        compare: [
          { key: incarnationKey(this.id), exists: true },
          ...some.map(([name, { modRevision }]) => ({ key: `${ASSIGNMENTS_PREFIX}${name}`, modRevision })),
        ],
        success: some.map(([name, record]) => ({
          type: 'put',
          key: `${ASSIGNMENTS_PREFIX}${name}`,
          value: encodeAssignmentRecord(to(record)),
        })),
      });
      if (succeeded) changed += some.length;
    }
    return changed;
  }

  private registration(): Operation {
    const value = encodeBrokerRegistration({
      brokerId: String(this.brokerId),
      host: 'broker.example',
      port: 9092,
      rack: this.rack,
      startedAt: '',
      lastHeartbeat: '',
      version: '1',
      incarnationId: this.id,
      draining: this.isDraining,
    });
    return { type: 'put', key: brokerKey(this.brokerId), value, lease: this.lease };
  }
}

/** Has brokers claim and release until there is nothing more to do. */
export async function untilQuiet(kit: ControllerKit, leaders: readonly TestLeader[]): Promise<void> {
  for (let idle = 0; idle < 2;) {
    await kit.clock.advance(200);
    let changes = 0;
    for (const leader of leaders) {
      if (!leader.isLive()) continue;
      changes += (await leader.claim()) + (await leader.release());
      if (await leader.releaseSlots()) changes += 1;
    }
    idle = changes === 0 ? idle + 1 : 0;
  }
}

/** A controller that is elected, on behalf of a leader. */
export function controllerOf(leader: TestLeader, store: MetadataStore = leader.kit.store): Controller {
  const controller = new Controller(leader.kit.contextOf(store, leader.brokerId));
  controller.begin(leader);
  return controller;
}
