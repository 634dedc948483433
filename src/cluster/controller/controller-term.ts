import type { Logger } from '../../logging/logger.js';
import type { MetadataStore, Transaction } from '../../metadata/metadata-store.js';
import { backoffDelay, interruptibleSleep } from '../../time/backoff.js';
import type { Clock, Timer } from '../../time/clock.js';
import { assignmentTransactions, type AssignmentTransaction } from './assignment-changes.js';
import { ClusterState, type MoveLimits, type TopicList } from './cluster-state.js';
import type { ControllerObserver, TransactionOutcome } from './controller-observer.js';
import type { Candidate } from './election.js';
import { earliest } from './plan-moves.js';
import { slotTransaction } from './slot-changes.js';

export interface ControllerOptions {
  readonly moves: MoveLimits;
  /** Transactions that may be under way at a time. */
  readonly maxTransactions: number;
  /** How long what changes is gathered after a run, at least, ms. */
  readonly leastRestMs: number;
}

/** How long the two watches of brokers and incarnations may take to agree, ms. */
const MEMBERS_LAG_MS = 50;
/** Planning takes at most a quarter of the time: after each run the controller rests three times as long. */
const REST_PER_PLANNING = 3;

/** What the parts of a controller need. */
export interface ControllerContext {
  readonly store: MetadataStore;
  readonly topics: TopicList;
  readonly options: ControllerOptions;
  readonly observer: ControllerObserver;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

/**
 * One time in office of the controller: chooses leaders whenever something has changed, one run at a time.
 *
 * What it knows comes from watches and may be old: its transactions compare all that they rely on. One that is refused,
 * or whose outcome is unknown, is not repeated; the next run plans anew.
 */
export class ControllerTerm {
  private readonly state: ClusterState;
  private readonly closing = new AbortController();
  private readonly running: Promise<void>;
  private hasWork = true;
  private wake: () => void = () => undefined;
  private timer: Timer | undefined;
  private membersTimer: Timer | undefined;
  private isMembersLagOver = false;
  /** Up to which revisions the mirrors have to come before they can be planned by. */
  private writtenAssignments = 0;
  private writtenSlots = 0;

  /** @param revision of the controller's key */
  constructor(
    private readonly context: ControllerContext,
    private readonly candidate: Candidate,
    private readonly revision: number,
  ) {
    const { topics, clock, logger } = context;
    this.state = new ClusterState(topics, clock, logger, (isRelevant) => this.hear(isRelevant));
    this.running = this.run();
  }

  /** Ends it: nothing more is planned. Resolves when nothing is under way any more; transactions may still be. */
  close(): Promise<void> {
    this.closing.abort(new Error('no controller any more'));
    this.timer?.cancel();
    this.membersTimer?.cancel();
    this.state.close();
    this.wake();
    return this.running;
  }

  private async run(): Promise<void> {
    const { clock, random } = this.context;
    try {
      await this.state.start(this.context.store);
      for (let failures = 0; ;) {
        await this.untilWork();
        const outcome = await this.tryRunOnce();
        failures = outcome.isDone ? 0 : failures + 1;
        this.hasWork ||= !outcome.isDone;
        const restMs = outcome.isDone ? outcome.restMs : backoffDelay(failures - 1, random);
        if (restMs >= 1) await interruptibleSleep(clock, restMs, this.closing.signal);
      }
    } catch (error) {
      if (this.closing.signal.aborted) return;
      this.context.logger.error({ event: 'controller_failed', err: error }, 'the controller has come to a stop');
    }
  }

  private hear(isRelevant: boolean): void {
    this.hasWork ||= isRelevant;
    this.wake();
  }

  /** @throws when it is closed */
  private async untilWork(): Promise<void> {
    while (!this.closing.signal.aborted && !(this.hasWork && this.isUpToDate && this.membersAgree())) {
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
    this.closing.signal.throwIfAborted();
  }

  /** What is heard of brokers and incarnations may disagree for a moment, and doesn't when it is over. */
  private membersAgree(): boolean {
    if (this.state.members.isConsistent) {
      this.membersTimer?.cancel();
      this.membersTimer = undefined;
      this.isMembersLagOver = false;
      return true;
    }
    this.membersTimer ??= this.context.clock.setTimer(MEMBERS_LAG_MS, () => {
      this.isMembersLagOver = true;
      this.wake();
    });
    return this.isMembersLagOver;
  }

  private get isUpToDate(): boolean {
    const { assignments, slots } = this.state;
    return assignments.revision >= this.writtenAssignments && slots.revision >= this.writtenSlots;
  }

  /** A failure of one run, whatever its reason, is followed by another one. */
  private async tryRunOnce(): Promise<{ isDone: boolean; restMs: number }> {
    try {
      return await this.runOnce();
    } catch (error) {
      if (!this.closing.signal.aborted) {
        this.context.logger.error({ event: 'controller_run_failed', err: error }, 'leaders could not be chosen');
      }
      return { isDone: false, restMs: 0 };
    }
  }

  private async runOnce(): Promise<{ isDone: boolean; restMs: number }> {
    if (!this.candidate.isLive()) return { isDone: false, restMs: 0 };
    const { clock, options, observer } = this.context;
    this.hasWork = false;
    const began = clock.monotonic();
    const partitions = this.state.planPartitions(options.moves.partitions);
    const slots = this.state.planSlots(options.moves.slots);
    const assignedAt = new Date(clock.now()).toISOString();
    const transactions = assignmentTransactions(partitions, this.revision, assignedAt);
    const slotsChange = slotTransaction(this.state.slots, slots, this.revision);
    const durationMs = clock.monotonic() - began;
    observer.planned({ vacant: partitions.vacant, durationMs });
    this.runAgainAt(earliest(partitions.nextAt, slots.nextAt));
    const done = await Promise.all([
      slotsChange === undefined || this.writeSlots(slotsChange),
      this.writeAssignments(transactions, partitions.vacant),
    ]);
    return { isDone: done.every(Boolean), restMs: Math.max(options.leastRestMs, durationMs * REST_PER_PLANNING) };
  }

  private async writeSlots(transaction: Transaction): Promise<boolean> {
    const { outcome, revision } = await this.write(transaction);
    this.writtenSlots = Math.max(this.writtenSlots, revision);
    return outcome === 'applied';
  }

  /** Several at a time; a controller that was closed begins no more. @returns whether all were applied */
  private async writeAssignments(all: readonly AssignmentTransaction[], vacant: number): Promise<boolean> {
    const applied: AssignmentTransaction[] = [];
    let next = 0;
    const worker = async () => {
      while (next < all.length && !this.closing.signal.aborted) {
        const one = all[next++] as AssignmentTransaction;
        const { outcome, revision } = await this.write(one.transaction);
        this.writtenAssignments = Math.max(this.writtenAssignments, revision);
        if (outcome === 'applied') applied.push(one);
      }
    };
    await Promise.all(Array.from({ length: this.context.options.maxTransactions }, worker));
    this.tell(applied, vacant);
    return applied.length === all.length;
  }

  /** @returns the revision of what was written; 0 when nothing was, as far as is known */
  private async write(transaction: Transaction): Promise<{ outcome: TransactionOutcome; revision: number }> {
    const result = await this.tryTransaction(transaction);
    this.context.observer.controllerTransaction(result.outcome);
    return result;
  }

  private async tryTransaction(transaction: Transaction): Promise<{ outcome: TransactionOutcome; revision: number }> {
    try {
      const { succeeded, revision } = await this.context.store.txn(transaction);
      return succeeded ? { outcome: 'applied', revision } : { outcome: 'refused', revision: 0 };
    } catch (error) {
      this.context.logger.warn(
        { event: 'assignment_unanswered', err: error },
        'it is unknown whether leaders were assigned: they are planned again',
      );
      return { outcome: 'failed', revision: 0 };
    }
  }

  private runAgainAt(at: number | undefined): void {
    this.timer?.cancel();
    if (at === undefined) return;
    const { clock } = this.context;
    this.timer = clock.setTimer(Math.max(1, at - clock.monotonic()), () => this.hear(true));
  }

  private tell(applied: readonly AssignmentTransaction[], vacant: number): void {
    const { logger, observer } = this.context;
    const assigned = applied.reduce((sum, one) => sum + one.assigned, 0);
    const moved = applied.reduce((sum, one) => sum + one.moved, 0);
    if (assigned > 0) {
      observer.partitionsAssigned(assigned);
      const left = vacant - assigned;
      logger.info({ event: 'partitions_assigned', partitions: assigned, vacant: left }, 'leaders were assigned');
    }
    if (moved > 0) {
      observer.movesPlanned(moved);
      logger.info({ event: 'moves_planned', partitions: moved }, 'partitions are to move to other brokers');
    }
  }
}
