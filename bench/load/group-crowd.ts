import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from './connection.js';
import { GroupMember } from './group-member.js';
import type { HeartbeatsJob, JoinGroupsJob, Results } from './jobs.js';
import { summarize } from './latencies.js';

/** Groups whose members live on from one job to the next, each with a connection of its own as consumers have. */
export class GroupCrowd {
  private readonly groups = new Map<string, Set<GroupMember>>();
  /** Groups whose members aren't all in the same generation. */
  private readonly unsettled = new Set<string>();
  private settled = Promise.withResolvers<undefined>();
  private failure: Error | undefined;
  private heartbeats: number[] = [];

  /** Has all members join at once. Resolves when each group is one generation, and each member has its assignment. */
  async join(job: JoinGroupsJob): Promise<Results['join-groups']> {
    const { bootstrap, topic, partitions, groups, membersPerGroup } = job;
    const connections = await Connection.openMany(bootstrap, groups * membersPerGroup);
    const subscriptions = Array.from({ length: groups }, (_, index) => {
      return { groupId: `${topic}-${index}`, topic, partitions };
    });
    const members = connections.map((connection, index) => {
      const subscription = subscriptions[index % groups] as (typeof subscriptions)[number];
      const member: GroupMember = new GroupMember(subscription, connection, {
        assigned: () => this.look(subscription.groupId),
        heartbeatAnswered: (ms) => this.heartbeats.push(ms),
      });
      return member;
    });
    for (const [groupId, own] of Map.groupBy(members, ({ subscription }) => subscription.groupId)) {
      this.groups.set(groupId, new Set(own));
    }
    return this.untilSettled([...this.groups.keys()], () => {
      for (const member of members) member.run().catch((error: unknown) => this.fail(error));
    });
  }

  /** Lets time pass, and looks how long heartbeats take. @throws {Error} what became of a member */
  async observe({ durationMs }: HeartbeatsJob): Promise<Results['heartbeats']> {
    this.heartbeats = [];
    await delay(durationMs);
    if (this.failure !== undefined) throw this.failure;
    return { count: this.heartbeats.length, latency: summarize(this.heartbeats) };
  }

  /** One member leaves its group. Resolves when those that stay are one generation, with their assignments. */
  async leave(): Promise<Results['leave-group']> {
    const [[groupId, members] = []] = this.groups;
    const [leaver] = [...(members ?? [])].slice(-1);
    if (groupId === undefined || leaver === undefined) throw new Error('nobody is in a group');
    members?.delete(leaver);
    return this.untilSettled([groupId], () => {
      leaver.leave().catch((error: unknown) => this.fail(error));
    });
  }

  /** Without a word to the coordinator. */
  close(): void {
    for (const members of this.groups.values()) for (const member of members) member.close();
    this.groups.clear();
  }

  private async untilSettled(groupIds: readonly string[], start: () => void): Promise<{ readonly seconds: number }> {
    if (this.failure !== undefined) throw this.failure;
    this.settled = Promise.withResolvers();
    for (const groupId of groupIds) this.unsettled.add(groupId);
    const startedAt = performance.now();
    start();
    await this.settled.promise;
    return { seconds: (performance.now() - startedAt) / 1000 };
  }

  /** Ends the job that waits, or else the next. */
  private fail(error: unknown): void {
    this.failure ??= error instanceof Error ? error : new Error(String(error));
    this.settled.reject(this.failure);
  }

  private look(groupId: string): void {
    if (!this.unsettled.has(groupId)) return;
    const members = [...(this.groups.get(groupId) ?? [])];
    if (!isSettled(members)) return;
    this.unsettled.delete(groupId);
    if (this.unsettled.size === 0) this.settled.resolve(undefined);
  }
}

/** Whether the members are in one generation in which each partition belongs to one of them. */
function isSettled(members: readonly GroupMember[]): boolean {
  const [first] = members;
  if (first === undefined || members.some(({ generation }) => generation !== first.generation)) return false;
  const assigned = members.flatMap(({ partitions }) => partitions);
  const all = first.subscription.partitions;
  return assigned.length === all && new Set(assigned).size === all;
}
