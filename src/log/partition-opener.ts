import type { Logger } from '../logging/logger.js';
import { backoffDelay } from '../time/backoff.js';
import type { Clock, Timer } from '../time/clock.js';
import type { PartitionId } from '../metadata/partition-id.js';

export interface OpenerObserver {
  /** A partition could not be opened, and is tried again. */
  partitionOpenFailed(): void;
}

/** A partition that is to be opened. */
interface Opening {
  readonly id: PartitionId;
  /** Reads what is needed, and resolves with what remains to be done when that is there. */
  readonly prepare: () => Promise<() => void>;
  failures: number;
  retry: Timer | undefined;
}

/**
 * Opens partitions in the background, a few at a time, those first that somebody asks for. One that cannot be opened is
 * tried again, and holds up no other.
 */
export class PartitionOpener {
  /** All that are not open yet. */
  private readonly openings = new Map<string, Opening>();
  /** Those of them that wait for their turn. */
  private readonly wanted = new Set<string>();
  private readonly waiting = new Set<string>();
  private active = 0;

  /** @param concurrency most partitions opened at once, 1 or more */
  constructor(
    private readonly concurrency: number,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly logger: Logger,
    private readonly observer: OpenerObserver | undefined,
  ) {}

  /** How many partitions are not open yet. */
  get size(): number {
    return this.openings.size;
  }

  has(key: string): boolean {
    return this.openings.has(key);
  }

  /** The partitions that are not open yet. */
  *ids(): Iterable<PartitionId> {
    for (const { id } of this.openings.values()) yield id;
  }

  /** Whether the partition could not be opened so far, and is tried again. */
  hasFailed(key: string): boolean {
    return (this.openings.get(key)?.failures ?? 0) > 0;
  }

  /** @param key tells the partition from all others */
  add(key: string, id: PartitionId, prepare: () => Promise<() => void>): void {
    this.openings.set(key, { id, prepare, failures: 0, retry: undefined });
    this.waiting.add(key);
    this.next();
  }

  /** Somebody waits for this partition: it comes before those that nobody has asked for. */
  want(key: string): void {
    if (this.waiting.delete(key)) this.wanted.add(key);
  }

  /** The partition is not to be opened any more. */
  remove(key: string): void {
    this.openings.get(key)?.retry?.cancel();
    this.openings.delete(key);
    this.waiting.delete(key);
    this.wanted.delete(key);
  }

  clear(): void {
    for (const key of [...this.openings.keys()]) this.remove(key);
  }

  private next(): void {
    while (this.active < this.concurrency) {
      const [key] = this.wanted.size > 0 ? this.wanted : this.waiting;
      if (key === undefined) return;
      this.wanted.delete(key);
      this.waiting.delete(key);
      this.active += 1;
      void this.open(key, this.openings.get(key) as Opening).finally(() => {
        this.active -= 1;
        this.next();
      });
    }
  }

  private async open(key: string, opening: Opening): Promise<void> {
    try {
      const finish = await opening.prepare();
      if (this.openings.get(key) !== opening) return;
      finish();
      this.openings.delete(key);
    } catch (error) {
      if (this.openings.get(key) === opening) this.tryLater(key, opening, error);
    }
  }

  private tryLater(key: string, opening: Opening, error: unknown): void {
    const { topicName: topic, partition } = opening.id;
    this.observer?.partitionOpenFailed();
    this.logger.error(
      { event: 'partition_open_failed', topic, partition, attempt: opening.failures, err: error },
      'partition not available, trying again',
    );
    const delayMs = backoffDelay(opening.failures, this.random);
    opening.failures += 1;
    opening.retry = this.clock.setTimer(delayMs, () => {
      this.waiting.add(key);
      this.next();
    });
  }
}
