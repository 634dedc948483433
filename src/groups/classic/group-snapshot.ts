import type { GroupState } from './group-state.js';
import type { MemberDetails } from './member.js';

/** What of a classic group outlives its coordinator. */
export interface GroupSnapshot {
  readonly groupId: string;
  readonly generationId: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leaderId: string | null;
  /** Wall-clock time of the last change of state, ms. */
  readonly changedAt: number;
  /** None in an empty group; else the group is stable. */
  readonly members: readonly MemberSnapshot[];
}

export interface MemberSnapshot extends MemberDetails {
  /** Opaque. */
  readonly assignment: Buffer;
}

/**
 * @param assignments what the members will have; without it, what they have now
 */
export function snapshotOf(group: GroupState, assignments?: ReadonlyMap<string, Buffer>): GroupSnapshot {
  return {
    groupId: group.groupId,
    generationId: group.generationId,
    protocolType: group.protocolType,
    protocolName: group.protocolName,
    leaderId: group.leaderId,
    changedAt: group.changedAt,
    members: group.all().map((member) => ({
      id: member.id,
      instanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      sessionTimeoutMs: member.sessionTimeoutMs,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      protocols: member.protocols,
      assignment: assignments?.get(member.id) ?? member.assignment,
    })),
  };
}
