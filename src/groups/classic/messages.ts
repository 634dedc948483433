import type { ErrorCode } from '../../protocol/errors.js';

/*
 * What members of a classic group ask, and what they are told: JoinGroup and SyncGroup without what depends on the
 * version of the API.
 */

/** One way of assigning partitions that a member knows, with the member's opaque metadata for it. */
export interface MemberProtocol {
  readonly name: string;
  readonly metadata: Buffer;
}

export interface JoinRequest {
  /** Empty for a member that has none yet. */
  readonly memberId: string;
  /** Set by static members (KIP-345). */
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocolType: string;
  /** Best first. */
  readonly protocols: readonly MemberProtocol[];
  /** Whether a new member must come back with the id that it is given (KIP-394). */
  readonly needsKnownMemberId: boolean;
  /** Whether a leader can be told to keep the assignment as it is (KIP-814). */
  readonly canSkipAssignment: boolean;
  /** In the client's words, for the log. */
  readonly reason: string;
}

export interface JoinedMember {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly metadata: Buffer;
}

export interface JoinResult {
  readonly errorCode: ErrorCode;
  readonly memberId: string;
  /** −1 after an error. */
  readonly generationId: number;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly leader: string;
  readonly skipAssignment: boolean;
  /** All members for the leader, none for the others. */
  readonly members: readonly JoinedMember[];
}

export interface SyncRequest {
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly generationId: number;
  /** Null in versions that don't carry them. */
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  /** By member id; from the leader only. */
  readonly assignments: ReadonlyMap<string, Buffer>;
}

export interface SyncResult {
  readonly errorCode: ErrorCode;
  readonly protocolType: string | null;
  readonly protocolName: string | null;
  readonly assignment: Buffer;
}

/** One member that shall leave, as LeaveGroup names it. */
export interface LeavingMember {
  /** Empty when only the instance id is given. */
  readonly memberId: string;
  readonly instanceId: string | null;
  readonly reason: string;
}

export const NO_BYTES = Buffer.alloc(0);

export function joinFailure(memberId: string, errorCode: ErrorCode): JoinResult {
  return {
    errorCode,
    memberId,
    generationId: -1,
    protocolType: null,
    protocolName: null,
    leader: '',
    skipAssignment: false,
    members: [],
  };
}

export function syncFailure(errorCode: ErrorCode): SyncResult {
  return { errorCode, protocolType: null, protocolName: null, assignment: NO_BYTES };
}

/** What the classic protocol asks of a group. */
export interface ClassicProtocol {
  /** Waits until the member is in a generation, or is refused. Never rejects. */
  join(request: JoinRequest): Promise<JoinResult>;
  /** Waits for the assignment of the member, or for the news that there will be none. Never rejects. */
  sync(request: SyncRequest): Promise<SyncResult>;
  /** A sign of life. Throws KafkaError: REBALANCE_IN_PROGRESS to have the member join again. */
  heartbeat(memberId: string, instanceId: string | null, generationId: number): void;
  /** Takes members out of the group. @returns an error code for each */
  leave(leaving: readonly LeavingMember[]): ErrorCode[];
}
