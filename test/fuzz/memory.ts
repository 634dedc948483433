/** Watches how much memory the process takes while something runs, compared to when the watch began. */
export class MemoryWatch {
  private readonly start = process.memoryUsage.rss();
  private peak = this.start;

  look(): void {
    this.peak = Math.max(this.peak, process.memoryUsage.rss());
  }

  get grownBytes(): number {
    return Math.max(this.peak, process.memoryUsage.rss()) - this.start;
  }
}
