/** Durations in ms. */
export class Histogram {
  #values = [];

  add(ms) {
    this.#values.push(ms);
  }

  /** The value that `percent` of all do not exceed, in ms with one decimal. */
  percentile(percent) {
    const sorted = this.#values.toSorted((a, b) => a - b);
    const index = Math.min(sorted.length - 1, Math.ceil((percent / 100) * sorted.length) - 1);
    return (sorted[Math.max(0, index)] ?? 0).toFixed(1);
  }
}
