import type { Reservation } from './byte-budget.js';
import { CloseConnection } from './close-connection.js';
import type { Answer } from './frame-handler.js';

/** How a request ended: with a response, without one, or with the end of the connection. */
export type Outcome = Answer | CloseConnection | undefined;

/** The place of one request's response in the order of responses. */
export interface ResponseSlot {
  readonly reservation: Reservation;
  settled: boolean;
  /** Nobody waits for the outcome any more. */
  abandoned: boolean;
  outcome: Outcome;
}

/** The requests of one connection that aren't answered yet, in the order in which they came. */
export class ResponseQueue {
  private readonly slots: ResponseSlot[] = [];
  private bytes = 0;

  /** Requests not answered yet. */
  get length(): number {
    return this.slots.length;
  }

  /** Bytes of the requests not answered yet. */
  get inFlightBytes(): number {
    return this.bytes;
  }

  open(reservation: Reservation): ResponseSlot {
    const slot: ResponseSlot = { reservation, settled: false, abandoned: false, outcome: undefined };
    this.slots.push(slot);
    this.bytes += reservation.bytes;
    return slot;
  }

  /** The next outcome in order, taken off the queue; undefined while it isn't there. */
  takeSettled(): ResponseSlot | undefined {
    const head = this.slots[0];
    if (head?.settled !== true) return undefined;
    this.slots.shift();
    this.bytes -= head.reservation.bytes;
    return head;
  }

  /**
   * Forgets everything. Requests that are still being handled keep their bytes until they settle: their memory is in
   * use until then.
   */
  abandon(): void {
    for (const slot of this.slots) {
      slot.abandoned = true;
      if (slot.settled) slot.reservation.release();
    }
    this.slots.length = 0;
    this.bytes = 0;
  }
}
