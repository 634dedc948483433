/** Frames up to this size never wait if their connection has nothing else in flight. */
export const SMALL_FRAME_BYTES = 16 * 1024;

/** Bytes taken from a {@link ByteBudget}, to be given back once. */
export interface Reservation {
  readonly bytes: number;
  /** Gives the bytes back, and may so let others continue. Does nothing the second time. */
  release(): void;
}

interface Waiter {
  readonly bytes: number;
  readonly granted: (reservation: Reservation) => void;
}

/**
 * Bounds the bytes of requests that a broker holds at a time, over all connections. At the bound, connections wait
 * before they read a request's body, so that the clients' own sends slow down.
 *
 * - First come, first served: nothing overtakes a request that waits.
 * - A small frame of a connection with nothing in flight never waits and isn't counted against the bound, so that
 *   consumers go on while producers fill it. That exceeds the bound by at most {@link SMALL_FRAME_BYTES} a connection.
 * - A frame larger than the whole bound passes when no other counted one is held.
 */
export class ByteBudget {
  private counted = 0;
  private exempt = 0;
  private readonly waiting = new Set<Waiter>();
  private granting = false;

  /** @param limitBytes 1 or more */
  constructor(readonly limitBytes: number) {}

  /** Bytes held now, those of exempt frames included. */
  get usedBytes(): number {
    return this.counted + this.exempt;
  }

  /** Share of the bound in use; above 1 while exempt or oversized frames are held. */
  get utilisation(): number {
    return this.usedBytes / this.limitBytes;
  }

  /** Requests that wait for bytes. */
  get waitingCount(): number {
    return this.waiting.size;
  }

  /**
   * @param idle whether the connection has nothing else in flight
   * @returns undefined if the request has to wait
   */
  tryAcquire(bytes: number, idle: boolean): Reservation | undefined {
    if (idle && bytes <= SMALL_FRAME_BYTES) return this.reserveExempt(bytes);
    return this.waiting.size === 0 && this.fits(bytes) ? this.reserve(bytes) : undefined;
  }

  /**
   * Waits for bytes behind all who wait already. To be called when {@link tryAcquire} has given none.
   *
   * @param granted called once with the bytes, later, from within another's release
   * @returns gives up waiting; does nothing once granted
   */
  wait(bytes: number, granted: (reservation: Reservation) => void): () => void {
    const waiter = { bytes, granted };
    this.waiting.add(waiter);
    return () => {
      if (this.waiting.delete(waiter)) this.grant();
    };
  }

  private fits(bytes: number): boolean {
    return this.counted === 0 || this.counted + bytes <= this.limitBytes;
  }

  private reserve(bytes: number): Reservation {
    this.counted += bytes;
    return this.releasable(bytes, () => (this.counted -= bytes));
  }

  private reserveExempt(bytes: number): Reservation {
    this.exempt += bytes;
    return this.releasable(bytes, () => (this.exempt -= bytes));
  }

  private releasable(bytes: number, giveBack: () => void): Reservation {
    let held = true;
    const release = () => {
      if (!held) return;
      held = false;
      giveBack();
      this.grant();
    };
    return { bytes, release };
  }

  /** Lets those pass whose turn it is. What they do may release bytes and so come back here. */
  private grant(): void {
    if (this.granting) return;
    this.granting = true;
    try {
      for (const waiter of this.waiting) {
        if (!this.fits(waiter.bytes)) break;
        this.waiting.delete(waiter);
        waiter.granted(this.reserve(waiter.bytes));
      }
    } finally {
      this.granting = false;
    }
  }
}
