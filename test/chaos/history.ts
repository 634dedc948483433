import { EventEmitter, on, once } from 'node:events';
import { errorName } from '../../src/protocol/errors.js';

/** Records that a broker has acknowledged. */
export interface Acknowledged {
  readonly partition: number;
  readonly offset: number;
  /** Keys of the records, one per offset. */
  readonly keys: readonly string[];
}

/** Everything that the clients of one run have seen, gathered for the final check. */
export class History {
  readonly acknowledged: Acknowledged[] = [];
  /** What no client may ever see; the run has failed when there is one. */
  readonly violations: string[] = [];
  /** Errors that clients were answered and got over, by name. */
  readonly errors: Record<string, number> = {};
  lostConnections = 0;
  private readonly events = new EventEmitter();

  acknowledge(acknowledged: Acknowledged): void {
    this.acknowledged.push(acknowledged);
    this.events.emit('acknowledged');
  }

  countError(code: number): void {
    const name = errorName(code);
    this.errors[name] = (this.errors[name] ?? 0) + 1;
    this.events.emit('error answered', name);
  }

  violation(what: string): void {
    if (this.violations.length < 20) this.violations.push(what);
  }

  get acknowledgedRecords(): number {
    return this.acknowledged.reduce((sum, { keys }) => sum + keys.length, 0);
  }

  /** Resolves when a client is next answered with this error. @throws {Error} after `timeoutMs` */
  async answeredWith(code: number, timeoutMs: number): Promise<void> {
    const signal = AbortSignal.timeout(timeoutMs);
    for await (const [name] of on(this.events, 'error answered', { signal })) if (name === errorName(code)) return;
  }

  /** Resolves when `count` more batches have been acknowledged. @throws {Error} after `timeoutMs` */
  async moreAcknowledged(count: number, timeoutMs: number): Promise<void> {
    const goal = this.acknowledged.length + count;
    const signal = AbortSignal.timeout(timeoutMs);
    while (this.acknowledged.length < goal) {
      try {
        await once(this.events, 'acknowledged', { signal });
      } catch (error) {
        const got = this.acknowledged.length - goal + count;
        throw new Error(`${got} of ${count} batches acknowledged within ${timeoutMs} ms`, { cause: error });
      }
    }
  }
}
