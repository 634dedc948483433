/**
 * Makes the changes of a state durable: one write at a time, each with all changes so far.
 */
export class StateSaver {
  private version = 0;
  private savedVersion = 0;
  private running: Promise<void> | undefined;
  private successor: Promise<void> | undefined;

  /** @param save writes the state as it is when called. Rejects when it is not, or is not known to be, written. */
  constructor(private readonly save: () => Promise<void>) {}

  /** The state has changed. @returns the version that it has now */
  changed(): number {
    this.version += 1;
    return this.version;
  }

  /**
   * Writes no more.
   *
   * @param successor resolves when what takes the place of this state is durable, with all changes so far; rejects when
   *   nothing does
   */
  endWith(successor: Promise<void>): void {
    // Nobody may be waiting.
    successor.catch(() => undefined);
    this.successor = successor;
  }

  /**
   * Resolves when the state is durable as of a version, which it tries to make it if it isn't.
   *
   * @throws what the write throws; the change stays, and is written with the next
   */
  async untilSaved(version: number): Promise<void> {
    while (this.savedVersion < version) {
      if (this.successor !== undefined) return this.successor;
      this.running ??= this.run();
      await this.running;
    }
  }

  private async run(): Promise<void> {
    const { version } = this;
    try {
      await this.save();
      this.savedVersion = version;
    } finally {
      this.running = undefined;
    }
  }
}
