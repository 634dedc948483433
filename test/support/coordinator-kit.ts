import type { Committer } from '../../src/groups/classic/classic-group.js';
import { GroupCoordinator } from '../../src/groups/group-coordinator.js';
import { GroupDirectory } from '../../src/groups/group-directory.js';
import { OffsetCoordinator } from '../../src/groups/offset-coordinator.js';
import { silentLogger } from '../../src/logging/logger.js';
import { EmbeddedMetadataStore } from '../../src/metadata/embedded-metadata-store.js';
import { incarnationKey } from '../../src/metadata/keys.js';
import { ErrorCode } from '../../src/protocol/errors.js';
import { GROUP_OPTIONS } from './group-simulation.js';
import { VirtualClock } from './virtual-clock.js';

const TOPIC_ID = 'AAAAAAAAAAAAAAAAAAAAAQ';
const NOBODY: Committer = { memberId: '', instanceId: null, generationId: -1 };

/** What brokers share. */
export class CoordinatorStore {
  readonly clock = new VirtualClock();
  readonly metadata = EmbeddedMetadataStore.inMemory();

  /** Ends an incarnation for everybody, whoever takes itself to be it. */
  async end(incarnationId: string): Promise<void> {
    await this.metadata.txn({ compare: [], success: [{ type: 'delete', key: incarnationKey(incarnationId) }] });
  }
}

/** Everything about groups of one broker, over a store that others may use too. */
export class CoordinatorKit {
  /** Writes of each transaction that was carried out. */
  readonly transactions: number[] = [];
  readonly directory: GroupDirectory;
  readonly groups: GroupCoordinator;
  readonly offsets: OffsetCoordinator;

  constructor(
    readonly store = new CoordinatorStore(),
    private readonly brokerId = 1,
  ) {
    const { clock, metadata } = store;
    this.directory = new GroupDirectory(GROUP_OPTIONS, {
      store: metadata,
      clock,
      random: () => 0,
      logger: silentLogger,
      onWritten: (operations) => this.transactions.push(operations),
    });
    this.groups = new GroupCoordinator(this.directory, GROUP_OPTIONS);
    this.offsets = new OffsetCoordinator(this.directory, { get: () => ({ id: TOPIC_ID }) }, clock);
  }

  /** Begins an incarnation, and waits until its groups are loaded. */
  async begin(incarnationId: string): Promise<this> {
    const { clock, metadata } = this.store;
    const key = incarnationKey(incarnationId);
    await metadata.txn({ compare: [], success: [{ type: 'put', key, value: Buffer.alloc(0) }] });
    this.directory.begin({ id: incarnationId, brokerId: this.brokerId, isLive: () => true });
    await clock.settle();
    return this;
  }

  commit(groupId: string, offset: number, committer = NOBODY): Promise<ErrorCode[]> {
    const place = { topic: 'orders', topicId: TOPIC_ID, partition: 0 };
    const offsets = [{ ...place, offset, leaderEpoch: 0, metadata: '' }];
    const done = this.offsets.commit(groupId, committer, offsets, undefined, ErrorCode.ILLEGAL_GENERATION);
    return this.store.clock.until(done);
  }

  committed(groupId: string): number | undefined {
    return this.offsets.fetch(groupId, 'orders', 0)?.offset;
  }

  /** Has one member join and take its assignment. @returns who it is */
  async member(groupId: string): Promise<Committer> {
    const { clock } = this.store;
    const protocol = { protocolType: 'consumer', protocolName: 'range' };
    const joined = await clock.until(
      this.groups.join(groupId, {
        memberId: '',
        instanceId: null,
        clientId: 'client',
        clientHost: '/127.0.0.1',
        sessionTimeoutMs: 10_000,
        rebalanceTimeoutMs: 20_000,
        protocolType: protocol.protocolType,
        protocols: [{ name: protocol.protocolName, metadata: Buffer.alloc(0) }],
        needsKnownMemberId: false,
        canSkipAssignment: true,
        reason: '',
      }),
    );
    const member = { memberId: joined.memberId, instanceId: null, generationId: joined.generationId };
    await clock.until(this.groups.sync(groupId, { ...member, ...protocol, assignments: new Map() }));
    return member;
  }
}
