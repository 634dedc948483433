import { describe, expect, test } from '@jest/globals';
import { FaultyMetadataStore } from '../../test/support/faulty-metadata-store.js';
import { SlotController, TestIncarnation } from '../../test/support/slot-controller.js';
import { seededRandom } from '../../test/support/seeded-random.js';
import { VirtualClock } from '../../test/support/virtual-clock.js';
import { silentLogger } from '../logging/logger.js';
import { EmbeddedMetadataStore } from '../metadata/embedded-metadata-store.js';
import { decodeSlotsRecord } from '../metadata/group-slots.js';
import { GROUP_SLOTS_KEY } from '../metadata/keys.js';
import {
  MAX_TXN_WRITES,
  MetadataStoreError,
  type Operation,
  type Transaction,
  type TransactionResult,
} from '../metadata/metadata-store.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import { GroupWriter, MAX_WRITES_PER_TXN } from './group-writer.js';
import type { HeldSlot, SlotOperation } from './write-queue.js';

/** Writes for one slot of the writer's own. */
class SlotWriter {
  constructor(
    readonly writer: GroupWriter,
    readonly slot: HeldSlot,
  ) {}

  get stopped(): AbortSignal {
    return this.writer.stopped;
  }

  write(operation: SlotOperation): Promise<void> {
    return this.writer.write(this.slot, operation);
  }

  stop(reason: string): void {
    this.writer.stop(reason);
  }
}

class Kit {
  readonly clock = new VirtualClock();
  readonly stored = EmbeddedMetadataStore.inMemory();
  readonly store = new FaultyMetadataStore(this.stored, { clock: this.clock, random: seededRandom(1) });
  readonly controller = new SlotController(this.stored, 2);
  readonly transactions: number[] = [];

  /** @returns a writer whose incarnation owns all slots that were vacant, and its handle of slot 0 */
  async writer(id = 'A', store = this.store): Promise<{ writer: SlotWriter; incarnation: TestIncarnation }> {
    const incarnation = new TestIncarnation(id, this.stored);
    await incarnation.register();
    this.controller.add(incarnation);
    await this.controller.assign(() => incarnation);
    const writer = new GroupWriter(incarnation, {
      store,
      clock: this.clock,
      random: seededRandom(2),
      logger: silentLogger,
      onWritten: (operations) => this.transactions.push(operations),
    });
    await this.tell(writer);
    await this.clock.until(writer.open());
    return { writer: new SlotWriter(writer, await this.held(0)), incarnation };
  }

  async held(number: number): Promise<HeldSlot> {
    const { epoch = -1 } = (await this.controller.slots())[number] ?? {};
    return { number, epoch };
  }

  /** Tells a writer of the slots as they are. */
  async tell(writer: GroupWriter): Promise<void> {
    const entry = await this.stored.get(GROUP_SLOTS_KEY);
    if (entry !== undefined) writer.hear(decodeSlotsRecord(entry));
  }

  async value(key: string): Promise<string | undefined> {
    return (await this.stored.get(key))?.value.toString();
  }
}

/** As etcd that has no space left. */
class RefusingStore extends FaultyMetadataStore {
  refuses = false;

  override txn(transaction: Transaction): Promise<TransactionResult> {
    return this.refuses ? Promise.reject(new MetadataStoreError('no space')) : super.txn(transaction);
  }
}

const put = (key: string, value: string): Operation => ({ type: 'put', key, value: Buffer.from(value) });
const codeOf = (write: Promise<unknown>) =>
  write.then(
    () => ErrorCode.NONE,
    (error: unknown) => (error instanceof KafkaError ? error.code : error),
  );

describe('the writer of groups', () => {
  test('a lone write waits for no timer', async () => {
    const kit = new Kit();
    const { writer } = await kit.writer();
    const begin = kit.clock.monotonic();
    await kit.clock.until(writer.write(put('a', '1')));
    expect(kit.clock.monotonic()).toBe(begin);
    expect(await kit.value('a')).toBe('1');
  });

  test('many writes share few transactions, none larger than etcd takes', async () => {
    const kit = new Kit();
    const { writer } = await kit.writer();
    const writes = Array.from({ length: 1_000 }, (_, index) => writer.write(put(`key-${index}`, String(index))));
    await kit.clock.until(Promise.all(writes));
    expect(kit.transactions.length).toBeLessThanOrEqual(Math.ceil(1_000 / MAX_WRITES_PER_TXN) + 1);
    expect(Math.max(...kit.transactions)).toBeLessThan(MAX_TXN_WRITES);
    expect(await kit.value('key-999')).toBe('999');
  });

  test('a steady stream is gathered: at most a hundred transactions a second', async () => {
    const kit = new Kit();
    const { writer } = await kit.writer();
    const writes: Promise<void>[] = [];
    for (let at = 0; at < 1_000; at += 1) {
      writes.push(writer.write(put(`key-${at % 50}`, String(at))));
      await kit.clock.advance(1);
    }
    await kit.clock.until(Promise.all(writes));
    expect(kit.transactions.length).toBeLessThanOrEqual(102);
    expect(await kit.value('key-49')).toBe('999');
  });

  test('of several writes of one key only the last is written, and all are answered by it', async () => {
    const kit = new Kit();
    const { writer } = await kit.writer();
    await kit.clock.until(Promise.all(['1', '2', '3'].map((value) => writer.write(put('a', value)))));
    expect(kit.transactions).toEqual([1]);
    expect(await kit.value('a')).toBe('3');
  });

  test('what is written before and after a deletion of all keys stays before and after it', async () => {
    const kit = new Kit();
    const { writer } = await kit.writer();
    const writes = [
      writer.write(put('g/a', '1')),
      writer.write(put('g/b', '1')),
      writer.write({ type: 'deletePrefix', prefix: 'g/' }),
      writer.write(put('g/a', '2')),
    ];
    await kit.clock.until(Promise.all(writes));
    expect(await kit.value('g/a')).toBe('2');
    expect(await kit.value('g/b')).toBeUndefined();
  });

  test.each(['before it is applied', 'after it was applied'] as const)(
    'a transaction whose answer is lost (%s) is repeated until there is one',
    async (loss) => {
      const kit = new Kit();
      const { writer } = await kit.writer();
      kit.store.loseAnswers(loss, loss, loss);
      await kit.clock.until(writer.write(put('a', '1')));
      await kit.clock.until(writer.write(put('a', '2')));
      expect(await kit.value('a')).toBe('2');
    },
  );

  test('rule 2: a copy of a transaction that is applied late changes nothing', async () => {
    const kit = new Kit();
    const { writer } = await kit.writer();
    kit.store.setFaults({ applyLate: 1, lateMs: 10_000 });
    const first = writer.write(put('a', '1'));
    await kit.clock.advance(20);
    kit.store.setFaults({});
    await kit.clock.until(first);
    await kit.clock.until(writer.write(put('a', '2')));
    await kit.clock.advance(20_000);
    expect(await kit.value('a')).toBe('2');
  });

  test('I4: an incarnation that was superseded writes nothing more, and says that it does not coordinate', async () => {
    const kit = new Kit();
    const old = await kit.writer('A');
    await kit.clock.until(old.writer.write(put('a', 'old')));
    await old.incarnation.supersede();
    const next = await kit.writer('B');
    expect(await kit.clock.until(codeOf(old.writer.write(put('a', 'too late'))))).toBe(ErrorCode.NOT_COORDINATOR);
    expect(old.writer.stopped.aborted).toBe(true);
    expect(await codeOf(old.writer.write(put('a', 'later still')))).toBe(ErrorCode.NOT_COORDINATOR);
    expect(await kit.value('a')).toBe('old');
    await kit.clock.until(next.writer.write(put('a', 'new')));
    expect(await kit.value('a')).toBe('new');
  });

  test('I4: what a superseded incarnation still has under way is never applied', async () => {
    const kit = new Kit();
    const old = await kit.writer('A');
    kit.store.setFaults({ applyLate: 1, lateMs: 60_000 });
    const outcome = codeOf(old.writer.write(put('a', 'old')));
    await kit.clock.advance(100);
    await old.incarnation.supersede();
    old.writer.stop('the incarnation has ended');
    kit.store.setFaults({});
    await kit.writer('B');
    await kit.clock.advance(100_000);
    expect(await outcome).toBe(ErrorCode.NOT_COORDINATOR);
    expect(await kit.value('a')).toBeUndefined();
  });

  test('a write that the store refuses fails alone; the next ones go on', async () => {
    const kit = new Kit();
    const store = new RefusingStore(kit.stored, { clock: kit.clock });
    const { writer } = await kit.writer('A', store);
    store.refuses = true;
    expect(await kit.clock.until(codeOf(writer.write(put('a', '1'))))).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    store.refuses = false;
    await kit.clock.until(writer.write(put('a', '2')));
    expect(await kit.value('a')).toBe('2');
  });

  test('a writer that is stopped answers all who wait', async () => {
    const kit = new Kit();
    const { writer } = await kit.writer();
    kit.store.setFaults({ failBefore: 1 });
    const writes = Array.from({ length: 300 }, (_, index) => codeOf(writer.write(put(`key-${index}`, ''))));
    await kit.clock.advance(50);
    writer.stop('the broker stops');
    expect(new Set(await kit.clock.until(Promise.all(writes)))).toEqual(new Set([ErrorCode.NOT_COORDINATOR]));
  });

  test('a copy of a transaction that the store then refused is applied late: what is written next is written too', async () => {
    const kit = new Kit();
    const store = new RefusingStore(kit.stored, { clock: kit.clock, random: () => 0.5 });
    const { writer } = await kit.writer('A', store);
    store.setFaults({ applyLate: 1, lateMs: 200 });
    const first = codeOf(writer.write(put('a', '1')));
    await kit.clock.settle();
    store.setFaults({});
    store.refuses = true;
    expect(await kit.clock.until(first)).toBe(ErrorCode.COORDINATOR_NOT_AVAILABLE);
    store.refuses = false;
    await kit.clock.advance(200);
    expect(await kit.value('a')).toBe('1');
    await kit.clock.until(writer.write(put('b', '2')));
    expect(await kit.value('b')).toBe('2');
  });
});

describe('the writer of groups and the slots (commit protocol, rule 13)', () => {
  test('I4, R13: a write for a slot that another owns is never applied, however late a copy of it', async () => {
    const kit = new Kit();
    const { writer } = await kit.writer('A');
    kit.store.setFaults({ applyLate: 1, lateMs: 60_000 });
    const outcome = codeOf(writer.write(put('a', 'old')));
    await kit.clock.advance(100);
    // Its incarnation lives, and has written nothing since.
    const slots = await kit.controller.slots();
    await kit.controller.put(slots.map((slot) => ({ ...slot, epoch: slot.epoch + 1, incarnationId: 'B' })));
    kit.store.setFaults({});
    await kit.clock.advance(100_000);
    expect(await outcome).toBe(ErrorCode.NOT_COORDINATOR);
    expect(await kit.value('a')).toBeUndefined();
    expect(writer.stopped.aborted).toBe(false);
  });

  test('R13: a write for a slot that came back under another epoch is refused', async () => {
    const kit = new Kit();
    const { writer } = await kit.writer('A');
    await kit.controller.put((await kit.controller.slots()).map((slot) => ({ ...slot, epoch: slot.epoch + 2 })));
    expect(await kit.clock.until(codeOf(writer.write(put('a', 'old'))))).toBe(ErrorCode.NOT_COORDINATOR);
    const again = new SlotWriter(writer.writer, await kit.held(0));
    await kit.clock.until(again.write(put('a', 'new')));
    expect(await kit.value('a')).toBe('new');
  });

  test('when slots of others change, the transaction is built anew; those of lost slots are left out', async () => {
    const kit = new Kit();
    const { writer } = await kit.writer('A');
    const second = new SlotWriter(writer.writer, await kit.held(1));
    const [kept, lost] = await kit.controller.slots();
    await kit.controller.put([kept!, { ...lost!, incarnationId: 'B', epoch: lost!.epoch + 1 }]);
    const codes = [codeOf(writer.write(put('a', '1'))), codeOf(second.write(put('b', '1')))];
    expect(await kit.clock.until(Promise.all(codes))).toEqual([ErrorCode.NONE, ErrorCode.NOT_COORDINATOR]);
    expect([await kit.value('a'), await kit.value('b')]).toEqual(['1', undefined]);
  });

  test('R1: a transaction that was applied is not taken for refused when the slots change before it is answered', async () => {
    const kit = new Kit();
    const { writer } = await kit.writer('A');
    kit.store.loseAnswers('after it was applied');
    const write = codeOf(writer.write(put('a', '1')));
    await kit.clock.settle();
    expect(await kit.value('a')).toBe('1');
    const slots = await kit.controller.slots();
    await kit.controller.put(slots.map((slot) => ({ ...slot, incarnationId: 'B' })));
    expect(await kit.clock.until(write)).toBe(ErrorCode.NONE);
  });

  test('a release takes effect after all writes for the slot, and keeps the other slots as they are', async () => {
    const kit = new Kit();
    const { writer } = await kit.writer('A');
    await kit.controller.move(7);
    const before = await kit.controller.slots();
    kit.store.setFaults({ latencyMs: [100, 100] });
    const order: string[] = [];
    const done = [
      writer.write(put('a', '1')).then(() => order.push('first')),
      writer.write(put('b', '1')).then(() => order.push('second')),
      writer.write({ type: 'release' }).then(() => order.push('released')),
    ];
    await kit.clock.until(Promise.all(done));
    expect(order).toEqual(['first', 'second', 'released']);
    expect(await kit.value('b')).toBe('1');
    expect(await kit.controller.slots()).toEqual([{ ...before[0], incarnationId: '' }, before[1]]);
    expect(await kit.clock.until(codeOf(writer.write(put('a', '2'))))).toBe(ErrorCode.NOT_COORDINATOR);
  });
});
