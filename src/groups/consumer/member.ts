import type { MemberProtocol } from '../classic/messages.js';
import { NO_PARTITIONS, type Partitions } from './partitions.js';

/** The epoch with which a member joins. */
export const JOIN_EPOCH = 0;
/** The epoch with which a member leaves. */
export const LEAVE_EPOCH = -1;
/** The epoch with which a static member leaves for a while: its partitions wait for it until its session ends. */
export const STATIC_LEAVE_EPOCH = -2;

/** What a member consumes: the topics that it names, and those that match a pattern. */
export interface Subscription {
  readonly names: ReadonlySet<string>;
  /** In the syntax of RE2; empty when there is none. */
  readonly pattern: string;
}

/**
 * How far a member is on the way from what it has to what it is to have:
 * - `stable`: it has what the target of its epoch says;
 * - `unrevoked`: it has been told to give partitions back, and has not said that it has. Only then does its epoch grow;
 * - `unreleased`: it is at the target's epoch, and gets the rest when others have given it back.
 */
export type Reconciliation = 'stable' | 'unrevoked' | 'unreleased';

/** What a member has said that speaks the classic protocol, and is in the group on its way to the other. */
export interface ClassicMember {
  readonly sessionTimeoutMs: number;
  /** Best first. */
  readonly protocols: readonly MemberProtocol[];
}

/** A member of a consumer group. Never changed, but replaced. */
export interface ConsumerMember {
  readonly id: string;
  /** Null for dynamic members. */
  readonly instanceId: string | null;
  readonly rackId: string | null;
  readonly clientId: string;
  readonly clientHost: string;
  /** How long it may take to give partitions back, ms. */
  readonly rebalanceTimeoutMs: number;
  /** The assignor that it would have; null when it doesn't mind. */
  readonly assignorName: string | null;
  readonly subscription: Subscription;
  /** The epoch of the target that it has reached; 0 before the first, −2 while a static member is away. */
  readonly epoch: number;
  readonly previousEpoch: number;
  readonly state: Reconciliation;
  /** What it has been told that it has. */
  readonly assigned: Partitions;
  /** What it has been told to give back. */
  readonly pendingRevocation: Partitions;
  /** Null for members that speak the consumer protocol. */
  readonly classic: ClassicMember | null;
}

export const NO_SUBSCRIPTION: Subscription = { names: new Set(), pattern: '' };

export function newMember(id: string): ConsumerMember {
  return {
    id,
    instanceId: null,
    rackId: null,
    clientId: '',
    clientHost: '',
    rebalanceTimeoutMs: -1,
    assignorName: null,
    subscription: NO_SUBSCRIPTION,
    epoch: JOIN_EPOCH,
    previousEpoch: JOIN_EPOCH,
    state: 'stable',
    assigned: NO_PARTITIONS,
    pendingRevocation: NO_PARTITIONS,
    classic: null,
  };
}

/** The member with changes; itself when they change nothing. */
export function withChanges<K extends keyof ConsumerMember>(
  member: ConsumerMember,
  changes: Pick<ConsumerMember, K>,
): ConsumerMember {
  const names = Object.keys(changes) as K[];
  return names.every((name) => member[name] === changes[name]) ? member : { ...member, ...changes };
}

export function sameSubscription(a: Subscription, b: Subscription): boolean {
  return a === b || (a.pattern === b.pattern && a.names.size === b.names.size && isIncluded(a.names, b.names));
}

/** Whether a static member has said that it will be back. */
export function isAway(member: ConsumerMember): boolean {
  return member.epoch === STATIC_LEAVE_EPOCH;
}

function isIncluded(names: ReadonlySet<string>, others: ReadonlySet<string>): boolean {
  for (const name of names) if (!others.has(name)) return false;
  return true;
}
