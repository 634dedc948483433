import { ControllerTerm, type ControllerContext } from './controller-term.js';
import { Election, type Candidate } from './election.js';

/** Enough to keep brokers busy, and few enough that a change of plan comes soon. */
export const DEFAULT_CONTROLLER_OPTIONS = { moves: { partitions: 100, slots: 8 }, maxTransactions: 8, leastRestMs: 0 };

/**
 * This broker's part in assigning partitions and group slots to brokers: with each of its incarnations it competes to be
 * the controller, and is it, once elected, until the incarnation ends.
 */
export class Controller {
  private election: Election | undefined;
  private term: ControllerTerm | undefined;
  /** Terms that were closed: what they had begun. */
  private readonly ending = new Set<Promise<void>>();

  constructor(private readonly context: ControllerContext) {}

  /** Whether this broker is the controller, as far as it knows. */
  get isController(): boolean {
    return this.term !== undefined;
  }

  /**
   * Competes on behalf of an incarnation that was registered, with the lease that its keys are bound to. Must be followed by {@link abandon} before the next one.
   */
  begin(incarnation: Candidate): void {
    const { store, clock, random, logger } = this.context;
    const listener = {
      elected: (revision: number) => this.take(incarnation, revision),
      deposed: () => this.resign('its key is gone'),
    };
    this.election = new Election(store, incarnation, listener, clock, random, logger);
  }

  /** Ends its part: the incarnation has ended. Its key is gone with the lease. */
  abandon(reason: string): void {
    this.election?.close();
    this.election = undefined;
    this.resign(reason);
  }

  /** Ends its part. Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.abandon('the broker is stopping');
    await Promise.all(this.ending);
  }

  private take(incarnation: Candidate, revision: number): void {
    const { observer, logger } = this.context;
    logger.info({ event: 'controller_elected', incarnation: incarnation.id }, 'this broker is the controller');
    observer.controllerChanged(true);
    this.term = new ControllerTerm(this.context, incarnation, revision);
  }

  private resign(reason: string): void {
    if (this.term === undefined) return;
    const { observer, logger } = this.context;
    const ended = this.term.close().finally(() => this.ending.delete(ended));
    this.ending.add(ended);
    this.term = undefined;
    logger.info({ event: 'controller_resigned', reason }, 'this broker is no longer the controller');
    observer.controllerChanged(false);
  }
}
