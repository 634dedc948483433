import type { Clock, Timer } from '../../time/clock.js';
import { SessionTimer } from '../classic/session-timer.js';
import type { ConsumerMember } from './member.js';

interface Timers {
  readonly session: SessionTimer;
  /** Until when others wait for it to take a step. */
  step: Timer | undefined;
}

export type Expiry = 'member_expired' | 'rebalance_timed_out';

/** Tells which members have been silent for too long, or have taken too long to give back what others wait for. */
export class MemberTimers {
  private readonly byMember = new Map<string, Timers>();

  constructor(
    private readonly clock: Clock,
    private readonly expired: (memberId: string, why: Expiry) => void,
  ) {}

  extendSession(memberId: string, timeoutMs: number): void {
    this.of(memberId).session.extend(timeoutMs);
  }

  /** A member has gone from one state to another, perhaps to one in which it has partitions to give back. */
  watchRevocation(before: ConsumerMember | undefined, after: ConsumerMember): void {
    // Members of the classic protocol are told to join again, and have until then.
    if (after.classic !== null) return;
    const isAsBefore =
      before?.classic === null && after.state === before.state && after.pendingRevocation === before.pendingRevocation;
    if (isAsBefore) return;
    if (after.state === 'unrevoked') this.wait(after.id, after.rebalanceTimeoutMs);
    else this.endWait(after.id);
  }

  /** From now on others wait for a member to take a step. */
  wait(memberId: string, timeoutMs: number): void {
    this.endWait(memberId);
    this.of(memberId).step = this.clock.setTimer(timeoutMs, () => this.expired(memberId, 'rebalance_timed_out'));
  }

  waitUnlessWaiting(memberId: string, timeoutMs: number): void {
    if (this.of(memberId).step === undefined) this.wait(memberId, timeoutMs);
  }

  endWait(memberId: string): void {
    const timers = this.of(memberId);
    timers.step?.cancel();
    timers.step = undefined;
  }

  stop(memberId: string): void {
    const timers = this.byMember.get(memberId);
    timers?.session.stop();
    timers?.step?.cancel();
    this.byMember.delete(memberId);
  }

  stopAll(): void {
    for (const memberId of [...this.byMember.keys()]) this.stop(memberId);
  }

  private of(memberId: string): Timers {
    const known = this.byMember.get(memberId);
    if (known !== undefined) return known;
    const session = new SessionTimer(this.clock, () => this.expired(memberId, 'member_expired'));
    const timers: Timers = { session, step: undefined };
    this.byMember.set(memberId, timers);
    return timers;
  }
}
