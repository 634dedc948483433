import {
  joinFailure,
  NO_BYTES,
  syncFailure,
  type JoinResult,
  type MemberProtocol,
  type SyncResult,
} from './messages.js';
import { ErrorCode } from '../../protocol/errors.js';
import type { SessionTimer } from './session-timer.js';

/** What a member says about itself when it joins. */
export interface MemberDetails {
  readonly id: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly protocols: readonly MemberProtocol[];
}

/** A member of a classic group, with the requests of its that are parked until the group gets further. */
export class Member {
  readonly id: string;
  readonly instanceId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  protocols: readonly MemberProtocol[];
  /** Opaque. */
  assignment: Buffer = NO_BYTES;
  /** It has never been told a generation. */
  isNew = false;
  private parkedJoin: ((result: JoinResult) => void) | undefined;
  private parkedSync: ((result: SyncResult) => void) | undefined;

  constructor(
    details: MemberDetails,
    readonly session: SessionTimer,
  ) {
    this.id = details.id;
    this.instanceId = details.instanceId;
    this.clientId = details.clientId;
    this.clientHost = details.clientHost;
    this.sessionTimeoutMs = details.sessionTimeoutMs;
    this.rebalanceTimeoutMs = details.rebalanceTimeoutMs;
    this.protocols = details.protocols;
  }

  get isStatic(): boolean {
    return this.instanceId !== null;
  }

  get awaitsJoin(): boolean {
    return this.parkedJoin !== undefined;
  }

  get awaitsSync(): boolean {
    return this.parkedSync !== undefined;
  }

  /** Whether silence means nothing: the member waits for us, not we for it. */
  get isExcused(): boolean {
    return !this.isNew && (this.awaitsJoin || this.awaitsSync);
  }

  supports(protocolName: string): boolean {
    return this.protocols.some(({ name }) => name === protocolName);
  }

  /** Empty when the member doesn't know the protocol. */
  metadataFor(protocolName: string | null): Buffer {
    return this.protocols.find(({ name }) => name === protocolName)?.metadata ?? NO_BYTES;
  }

  /** Whether these are the protocols that the member joined with, in the same order. */
  hasProtocols(protocols: readonly MemberProtocol[]): boolean {
    return (
      protocols.length === this.protocols.length &&
      protocols.every(({ name, metadata }, index) => {
        const own = this.protocols[index];
        return own?.name === name && own.metadata.equals(metadata);
      })
    );
  }

  /** Parks a join. One that was parked before is answered first: its client has given up on it. */
  parkJoin(answer: (result: JoinResult) => void): void {
    this.answerJoin(joinFailure(this.id, ErrorCode.REBALANCE_IN_PROGRESS));
    this.parkedJoin = answer;
  }

  parkSync(answer: (result: SyncResult) => void): void {
    this.answerSync(syncFailure(ErrorCode.REBALANCE_IN_PROGRESS));
    this.parkedSync = answer;
  }

  /** @returns false when no join was parked */
  answerJoin(result: JoinResult): boolean {
    const answer = this.parkedJoin;
    this.parkedJoin = undefined;
    answer?.(result);
    return answer !== undefined;
  }

  /** @returns false when no sync was parked */
  answerSync(result: SyncResult): boolean {
    const answer = this.parkedSync;
    this.parkedSync = undefined;
    answer?.(result);
    return answer !== undefined;
  }
}
