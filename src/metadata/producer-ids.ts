import type { Clock } from '../time/clock.js';
import { PRODUCER_IDS_KEY } from './keys.js';
import type { KeyValue, MetadataStore } from './metadata-store.js';
import { decodeProducerIdBlock, encodeProducerIdBlock } from './records.js';
import { repeatUnanswered } from './repeat.js';

/** As many ids per transaction as Apache Kafka takes. */
const BLOCK_SIZE = 1000;
const TIMEOUT_MS = 10_000;

/** Gives out producer ids that are unique in the cluster, from blocks that are reserved in the metadata store. */
export class ProducerIdAllocator {
  private next = 0;
  private end = 0;
  private refilling: Promise<void> | undefined;

  constructor(
    private readonly store: MetadataStore,
    private readonly clock: Clock,
    private readonly random: () => number = Math.random,
  ) {}

  /**
   * An id that nobody else was given, also not before a restart. What is left of a block at a restart is skipped.
   *
   * @throws MetadataUnavailableError when the metadata store doesn't answer for 10 s
   */
  async allocate(): Promise<number> {
    while (this.next === this.end) {
      this.refilling ??= this.refill().finally(() => {
        this.refilling = undefined;
      });
      await this.refilling;
    }
    const id = this.next;
    this.next += 1;
    return id;
  }

  private async refill(): Promise<void> {
    let current = await this.repeat(() => this.store.get(PRODUCER_IDS_KEY));
    for (;;) {
      const first = current === undefined ? 0 : decodeProducerIdBlock(current.value, PRODUCER_IDS_KEY).nextProducerId;
      const seen = current;
      const { succeeded, reads } = await this.repeat(() => this.reserve(seen, first + BLOCK_SIZE));
      if (succeeded) {
        this.next = first;
        this.end = first + BLOCK_SIZE;
        return;
      }
      // Another broker was faster; or we were, but didn't hear of it: then a block is skipped.
      current = reads[0];
    }
  }

  private reserve(current: KeyValue | undefined, nextProducerId: number) {
    const key = PRODUCER_IDS_KEY;
    return this.store.txn({
      compare: [{ key, modRevision: current?.modRevision ?? 0 }],
      success: [{ type: 'put', key, value: encodeProducerIdBlock({ nextProducerId }) }],
      failure: [{ type: 'get', key }],
    });
  }

  private repeat<T>(call: () => Promise<T>): Promise<T> {
    return repeatUnanswered(this.clock, this.random, this.clock.monotonic() + TIMEOUT_MS, call);
  }
}
