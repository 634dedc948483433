import type { Logger } from '../../logging/logger.js';
import { CONTROLLER_KEY, incarnationKey } from '../../metadata/keys.js';
import type { Compare, KeyValue, Lease, MetadataStore, Watch } from '../../metadata/metadata-store.js';
import { decodeIncarnationRecord, encodeIncarnationRecord } from '../../metadata/records.js';
import { backoffDelay } from '../../time/backoff.js';
import type { Clock, Timer } from '../../time/clock.js';

/** An incarnation that may be elected. */
export interface Candidate {
  readonly id: string;
  readonly brokerId: number;
  /** What its keys are bound to. */
  readonly lease: Lease;
  /** Whether it surely lives, by our own clock. */
  isLive(): boolean;
}

export interface ElectionListener {
  /** @param revision of the controller's key, as long as this incarnation holds it */
  elected(revision: number): void;
  /** The key is another's, or nobody's. */
  deposed(): void;
}

/** When the controller is gone all brokers hear of it at once: they try within this time, ms. */
const JITTER_MS = 100;

/**
 * Competes for the controller's key on behalf of one incarnation, until it is closed.
 *
 * The key is free when it is absent, or when the incarnation that it names has ended: the successor of a broker ends it
 * long before the lease does. Whether this incarnation holds the key is told by the watch alone, also when the answer to
 * its own transaction was lost.
 */
export class Election {
  private readonly controllerWatch: Watch;
  private holderWatch: Watch | undefined;
  private holder: KeyValue | undefined;
  private heldRevision: number | undefined;
  private isHolderGone = false;
  private timer: Timer | undefined;
  private attempt = 0;
  private closed = false;

  constructor(
    private readonly store: MetadataStore,
    private readonly candidate: Candidate,
    private readonly listener: ElectionListener,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly logger: Logger,
  ) {
    this.controllerWatch = store.watch(CONTROLLER_KEY, {
      snapshot: (entries) => this.hear(entries.find(({ key }) => key === CONTROLLER_KEY)),
      changes: (changes) => {
        for (const change of changes) {
          if (change.type === 'put' && change.entry.key === CONTROLLER_KEY) this.hear(change.entry);
          if (change.type === 'delete' && change.key === CONTROLLER_KEY) this.hear(undefined);
        }
      },
    });
  }

  /** Competes no more. What is held stays until the incarnation ends. */
  close(): void {
    this.closed = true;
    this.controllerWatch.close();
    this.holderWatch?.close();
    this.timer?.cancel();
  }

  private hear(entry: KeyValue | undefined): void {
    const wasHeld = this.holder !== undefined;
    this.holder = entry;
    this.holderWatch?.close();
    this.holderWatch = undefined;
    this.isHolderGone = entry === undefined;
    const holderId = entry && this.incarnationIn(entry);
    const revision = holderId === this.candidate.id ? entry?.modRevision : undefined;
    if (revision !== this.heldRevision) {
      if (this.heldRevision !== undefined) this.listener.deposed();
      this.heldRevision = revision;
      if (revision !== undefined) this.listener.elected(revision);
    }
    if (entry === undefined) this.tryAfter(wasHeld ? this.random() * JITTER_MS : 0);
    else if (holderId !== undefined && holderId !== this.candidate.id) this.watchHolder(holderId);
  }

  /** Undefined when the record can't be read: then its holder is left alone. */
  private incarnationIn(entry: KeyValue): string | undefined {
    try {
      return decodeIncarnationRecord(entry.value, entry.key).incarnationId;
    } catch (error) {
      this.logger.error({ event: 'controller_unreadable', err: error }, "the controller's record cannot be read");
      return undefined;
    }
  }

  private watchHolder(incarnationId: string): void {
    const key = incarnationKey(incarnationId);
    const gone = () => {
      this.isHolderGone = true;
      this.tryAfter(this.random() * JITTER_MS);
    };
    this.holderWatch = this.store.watch(key, {
      snapshot: (entries) => {
        if (!entries.some((entry) => entry.key === key)) gone();
      },
      changes: (changes) => {
        if (changes.some((change) => change.type === 'delete' && change.key === key)) gone();
      },
    });
  }

  private tryAfter(delayMs: number): void {
    this.timer?.cancel();
    this.timer = delayMs === 0 ? undefined : this.clock.setTimer(delayMs, () => void this.compete());
    if (delayMs === 0) void this.compete();
  }

  /** Takes the key if it is still free. Never rejects. */
  private async compete(): Promise<void> {
    if (this.closed || !this.isHolderGone) return;
    try {
      // When another was faster, the watch tells.
      const { succeeded } = await this.store.txn({
        compare: [...this.freeCompares(), { key: incarnationKey(this.candidate.id), exists: true }],
        success: [{ type: 'put', key: CONTROLLER_KEY, value: this.record(), lease: this.candidate.lease }],
      });
      if (succeeded) this.attempt = 0;
    } catch (error) {
      this.retry(error);
    }
  }

  private retry(error: unknown): void {
    if (this.closed) return;
    this.logger.warn({ event: 'election_failed', err: error }, 'the election of a controller is tried again');
    this.tryAfter(backoffDelay(this.attempt, this.random));
    this.attempt += 1;
  }

  private freeCompares(): Compare[] {
    if (this.holder === undefined) return [{ key: CONTROLLER_KEY, exists: false }];
    const { incarnationId } = decodeIncarnationRecord(this.holder.value, this.holder.key);
    return [
      { key: CONTROLLER_KEY, modRevision: this.holder.modRevision },
      { key: incarnationKey(incarnationId), exists: false },
    ];
  }

  private record(): Buffer {
    const { id, brokerId } = this.candidate;
    const startedAt = new Date(this.clock.now()).toISOString();
    return encodeIncarnationRecord({ incarnationId: id, brokerId: String(brokerId), startedAt });
  }
}
