import type { EpochStart } from '../storage/manifest-format.js';

/** Where each leader epoch began to write. Epochs that wrote nothing are not in it. */
export class EpochHistory {
  private starts: EpochStart[];

  /** @param starts in order */
  constructor(starts: readonly EpochStart[] = []) {
    this.starts = [...starts];
  }

  /** Takes note of committed batches from `startOffset` on, in offset order. */
  wrote(epoch: number, startOffset: number): void {
    const last = this.starts.at(-1);
    if (last === undefined || epoch > last.epoch) this.starts.push({ epoch, startOffset });
  }

  /**
   * The newest epoch up to `epoch` that wrote something which is left, and the offset at which it ended.
   *
   * @param logStartOffset of what is left
   * @param endOffset of the newest epoch
   */
  endOf(epoch: number, logStartOffset: number, endOffset: number): { epoch: number; endOffset: number } | undefined {
    const after = this.starts.findIndex((start) => start.epoch > epoch);
    const index = (after < 0 ? this.starts.length : after) - 1;
    const found = this.starts[index];
    if (found === undefined) return undefined;
    const end = this.starts[index + 1]?.startOffset ?? endOffset;
    return end > logStartOffset ? { epoch: found.epoch, endOffset: end } : undefined;
  }

  /**
   * The epochs that began below `offset`, but for those that ended at or below the log start: nobody can ask for more
   * than that they are gone.
   */
  before(offset: number, logStartOffset: number): EpochStart[] {
    return this.starts.filter(({ startOffset }, index) => {
      const end = this.starts[index + 1]?.startOffset ?? Infinity;
      return startOffset < offset && end > logStartOffset;
    });
  }
}
