import type { Anomaly, Violation } from './events.js';

/** More of one kind say nothing new. */
const MOST_OF_A_KIND = 10;

/** Gathers what is wrong, at most ten of each kind. */
export class Violations {
  readonly found: Violation[] = [];
  private readonly counts = new Map<Anomaly, number>();

  add(anomaly: Anomaly, what: string): void {
    const count = (this.counts.get(anomaly) ?? 0) + 1;
    this.counts.set(anomaly, count);
    if (count <= MOST_OF_A_KIND) this.found.push({ anomaly, what });
  }
}
