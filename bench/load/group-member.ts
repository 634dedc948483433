import { setTimeout as delay } from 'node:timers/promises';
import { ErrorCode } from '../../src/protocol/errors.js';
import { Heartbeat, JoinGroup, LeaveGroup, SyncGroup } from '../../src/protocol/schema/index.js';
import type { Connection } from './connection.js';
import { assignEvenly, assignedPartitions, subscriptionTo } from './consumer-protocol.js';

const VERSION = { heartbeat: 4, joinGroup: 9, leaveGroup: 5, syncGroup: 5 };
/** As Java consumers have them by default. */
const HEARTBEAT_INTERVAL_MS = 3_000;
const SESSION_TIMEOUT_MS = 45_000;
const REBALANCE_TIMEOUT_MS = 300_000;
const PROTOCOL_TYPE = 'consumer';
const PROTOCOL_NAME = 'range';

export interface Subscription {
  readonly groupId: string;
  readonly topic: string;
  readonly partitions: number;
}

export interface GroupMemberEvents {
  /** The member has its assignment of a generation. */
  readonly assigned: () => void;
  readonly heartbeatAnswered: (ms: number) => void;
}

/** A consumer as its coordinator sees it: joins, sends heartbeats, and joins again when it is told to. */
export class GroupMember {
  /** The last generation of which the member has its assignment. */
  generation = -1;
  /** What it was assigned in that generation. */
  partitions: readonly number[] = [];
  private memberId = '';
  private readonly ending = new AbortController();

  constructor(
    readonly subscription: Subscription,
    private readonly connection: Connection,
    private readonly events: GroupMemberEvents,
  ) {}

  /** Takes part in the group until the member is closed. @throws {Error} what no consumer would expect */
  async run(): Promise<void> {
    try {
      while (!this.ending.signal.aborted) {
        await this.join();
        this.events.assigned();
        await this.sendHeartbeats();
      }
    } catch (error) {
      if (!this.ending.signal.aborted) throw error;
    }
  }

  async leave(): Promise<void> {
    this.ending.abort();
    const { groupId } = this.subscription;
    const body = { groupId, members: [{ memberId: this.memberId }] };
    const { errorCode } = await this.connection.send(LeaveGroup, VERSION.leaveGroup, body);
    this.require('LeaveGroup', errorCode);
    this.connection.close();
  }

  /** Falls silent, as a consumer that crashes. */
  close(): void {
    this.ending.abort();
    this.connection.close();
  }

  private async join(): Promise<void> {
    for (;;) {
      const { groupId, topic } = this.subscription;
      const joined = await this.connection.send(JoinGroup, VERSION.joinGroup, {
        groupId,
        sessionTimeoutMs: SESSION_TIMEOUT_MS,
        rebalanceTimeoutMs: REBALANCE_TIMEOUT_MS,
        memberId: this.memberId,
        protocolType: PROTOCOL_TYPE,
        protocols: [{ name: PROTOCOL_NAME, metadata: subscriptionTo(topic) }],
      });
      this.memberId = joined.memberId;
      if (joined.errorCode === ErrorCode.MEMBER_ID_REQUIRED) continue;
      this.require('JoinGroup', joined.errorCode);
      const members = joined.members.map(({ memberId }) => memberId);
      if (await this.sync(joined.generationId, members)) return;
    }
  }

  /**
   * @param members all of them if this one leads, else none
   * @returns false when the group went on to another generation
   */
  private async sync(generationId: number, members: readonly string[]): Promise<boolean> {
    const { groupId, topic, partitions } = this.subscription;
    const { errorCode, assignment } = await this.connection.send(SyncGroup, VERSION.syncGroup, {
      groupId,
      generationId,
      memberId: this.memberId,
      protocolType: PROTOCOL_TYPE,
      protocolName: PROTOCOL_NAME,
      assignments: assignEvenly(members, topic, partitions),
    });
    if (errorCode === ErrorCode.REBALANCE_IN_PROGRESS) return false;
    this.require('SyncGroup', errorCode);
    this.generation = generationId;
    this.partitions = assignedPartitions(assignment);
    return true;
  }

  /** Until the answer is that the group rebalances. */
  private async sendHeartbeats(): Promise<void> {
    const { groupId } = this.subscription;
    const body = { groupId, generationId: this.generation, memberId: this.memberId };
    for (;;) {
      await delay(HEARTBEAT_INTERVAL_MS, undefined, { signal: this.ending.signal });
      const sentAt = performance.now();
      const { errorCode } = await this.connection.send(Heartbeat, VERSION.heartbeat, body);
      this.events.heartbeatAnswered(performance.now() - sentAt);
      if (errorCode === ErrorCode.REBALANCE_IN_PROGRESS) return;
      this.require('Heartbeat', errorCode);
    }
  }

  private require(api: string, errorCode: number): void {
    if (errorCode !== 0) throw new Error(`${api} of ${this.memberId}: error ${errorCode}`);
  }
}
