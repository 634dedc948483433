import { GroupSlots } from '../../src/cluster/group-slots.js';
import type { CoordinatorOptions } from '../../src/groups/group-options.js';
import { GroupCoordinator } from '../../src/groups/group-coordinator.js';
import { GroupDirectory, type ObservableTopics } from '../../src/groups/group-directory.js';
import { OffsetCoordinator } from '../../src/groups/offset-coordinator.js';
import { OffsetExpiry } from '../../src/groups/offset-expiry.js';
import type { JoinRequest, JoinResult } from '../../src/groups/classic/messages.js';
import { silentLogger } from '../../src/logging/logger.js';
import { EmbeddedMetadataStore } from '../../src/metadata/embedded-metadata-store.js';
import { ErrorCode } from '../../src/protocol/errors.js';
import { FaultyMetadataStore } from './faulty-metadata-store.js';
import { CONSUMER_GROUP_OPTIONS } from './consumer-group-kit.js';
import { GROUP_OPTIONS } from './group-simulation.js';
import { seededRandom } from './seeded-random.js';
import { SlotController, TestIncarnation } from './slot-controller.js';
import { VirtualClock } from './virtual-clock.js';

export const TOPIC = { name: 'orders', id: 'AAECAwQFBgcICQoLDA0ODw' };

/** Topics of four partitions, by name. */
export class KnownTopics extends Map<string, { readonly id: string }> {
  private readonly listeners = new Set<() => void>();

  /** As a coordinator sees them. */
  readonly view: ObservableTopics = {
    get: (name) => this.all().find((topic) => topic.name === name),
    getById: (id) => this.all().find((topic) => topic.id === id),
    all: () => this.all(),
    onChange: (listener) => {
      this.listeners.add(listener);
      return () => this.listeners.delete(listener);
    },
  };

  private all() {
    return Array.from(this, ([name, { id }]) => ({ id, name, partitionCount: 4 }));
  }

  /** Tells of what was changed. */
  notify(): void {
    for (const listener of this.listeners) listener();
  }
}

/** The groups of a broker over a metadata store in memory, in virtual time, with faults to be switched on. */
export class GroupKit {
  readonly clock: VirtualClock;
  readonly stored: EmbeddedMetadataStore;
  readonly store: FaultyMetadataStore;
  readonly topics = new KnownTopics([[TOPIC.name, { id: TOPIC.id }]]);
  /** By group. */
  readonly configs = new Map<string, ReadonlyMap<string, string>>();
  readonly directory: GroupDirectory;
  readonly coordinator: GroupCoordinator;
  readonly offsets: OffsetCoordinator;
  readonly expiry: OffsetExpiry;
  /** Operations of each transaction that was carried out. */
  readonly transactions: number[] = [];
  readonly incarnation: TestIncarnation;
  /** Of all processes over the same store. */
  readonly controller: SlotController;
  readonly slots: GroupSlots;

  /**
   * @param options where they differ from Apache Kafka's defaults
   * @param predecessor another process over the same store, at the same time
   */
  constructor(options: Partial<CoordinatorOptions> = {}, predecessor?: GroupKit, seed = 1, brokerId = 0) {
    this.clock = predecessor?.clock ?? new VirtualClock();
    this.stored = predecessor?.stored ?? EmbeddedMetadataStore.inMemory();
    this.store = new FaultyMetadataStore(this.stored, { clock: this.clock, random: seededRandom(seed) });
    this.incarnation = new TestIncarnation(`incarnation-${seed}`, this.stored, brokerId);
    this.controller = predecessor?.controller ?? new SlotController(this.stored);
    this.controller.add(this.incarnation);
    this.slots = new GroupSlots(this.store, this.controller, silentLogger);
    const groupOptions = { ...GROUP_OPTIONS, consumer: CONSUMER_GROUP_OPTIONS, initialRebalanceDelayMs: 0, ...options };
    let uuids = 0;
    this.directory = new GroupDirectory(groupOptions, {
      store: this.store,
      topics: this.topics.view,
      slots: this.slots,
      configs: this.configs,
      clock: this.clock,
      random: seededRandom(seed + 1),
      logger: silentLogger,
      onWritten: (operations) => this.transactions.push(operations),
      newUuid: () => `uuid-${seed}-${(uuids += 1)}`,
    });
    this.coordinator = new GroupCoordinator(this.directory, groupOptions);
    this.offsets = new OffsetCoordinator(this.directory, this.topics, this.clock);
    this.expiry = new OffsetExpiry(this.directory, this.offsets, groupOptions, this.clock, silentLogger);
  }

  /** Registers the incarnation, is assigned all slots that are vacant, and begins to load, without waiting for that. */
  async register(): Promise<void> {
    await this.join();
    await this.controller.assign(() => this.incarnation);
    await this.clock.settle();
  }

  /** Registers the incarnation, which owns nothing yet. */
  async join(): Promise<this> {
    await this.slots.start();
    await this.incarnation.register();
    this.directory.begin(this.incarnation);
    return this;
  }

  /** Registers the incarnation, and waits until the groups are loaded. */
  async begin(): Promise<this> {
    await this.register();
    await this.clock.advance(1);
    return this;
  }

  /** Ends this process as SIGKILL would, and begins another over the same store. */
  async restart(options: Partial<CoordinatorOptions> = {}, seed = 100): Promise<GroupKit> {
    await this.incarnation.supersede();
    this.directory.abandon('killed');
    return new GroupKit(options, this, seed).begin();
  }

  /** Commits without membership. @returns the error code of the one partition */
  async commit(groupId: string, offset: number, partition = 0): Promise<ErrorCode> {
    const committer = { memberId: '', instanceId: null, generationId: -1 };
    return this.commitAs(groupId, committer, offset, partition);
  }

  async commitAs(
    groupId: string,
    committer: { memberId: string; instanceId: string | null; generationId: number },
    offset: number,
    partition = 0,
  ): Promise<ErrorCode> {
    const toCommit = { topic: TOPIC.name, topicId: TOPIC.id, partition, offset, leaderEpoch: 3, metadata: 'mine' };
    const { ILLEGAL_GENERATION } = ErrorCode;
    const [code] = await this.offsets.commit(
      groupId,
      { ...committer, knowsEpochs: true },
      [toCommit],
      undefined,
      ILLEGAL_GENERATION,
    );
    return code ?? ErrorCode.UNKNOWN_SERVER_ERROR;
  }

  /** The offset that is shown to clients; undefined for none. */
  offset(groupId: string, partition = 0): number | undefined {
    return this.offsets.fetch(groupId, TOPIC.name, partition)?.offset;
  }

  /** Joins a member to a group and makes its generation stable with an assignment of its own. */
  async stableMember(groupId: string, changes: Partial<JoinRequest> = {}): Promise<JoinResult> {
    const joined = await this.clock.until(this.coordinator.join(groupId, joinRequest(changes)));
    const { memberId, generationId } = joined;
    const synced = await this.clock.until(
      this.coordinator.sync(groupId, {
        memberId,
        instanceId: changes.instanceId ?? null,
        generationId,
        protocolType: null,
        protocolName: null,
        assignments: new Map([[memberId, Buffer.from('mine')]]),
      }),
    );
    if (synced.errorCode !== ErrorCode.NONE) throw new Error(`not stable: ${joined.errorCode}, ${synced.errorCode}`);
    return joined;
  }
}

export function joinRequest(changes: Partial<JoinRequest> = {}): JoinRequest {
  return {
    memberId: '',
    instanceId: null,
    clientId: 'client',
    clientHost: '/127.0.0.1',
    sessionTimeoutMs: 10_000,
    rebalanceTimeoutMs: 20_000,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: Buffer.from('subscription') }],
    needsKnownMemberId: false,
    canSkipAssignment: true,
    reason: 'test',
    ...changes,
  };
}
