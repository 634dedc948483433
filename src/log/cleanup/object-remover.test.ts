import { expect, test } from '@jest/globals';
import { FaultyObjectStore } from '../../../test/support/faulty-object-store.js';
import { seededRandom } from '../../../test/support/seeded-random.js';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { crc32c } from '../../checksum/crc32c.js';
import { silentLogger } from '../../logging/logger.js';
import { MemoryObjectStore } from '../../storage/memory-object-store.js';
import { ObjectStoreError } from '../../storage/object-store.js';
import { KEYS_PER_REQUEST, ObjectRemover } from './object-remover.js';

const signal = new AbortController().signal;

class Kit {
  readonly clock = new VirtualClock();
  readonly stored = new MemoryObjectStore(this.clock);
  readonly faulty = new FaultyObjectStore(this.stored, { clock: this.clock, random: seededRandom(7) });
  readonly requests: number[] = [];
  counted = 0;
  readonly remover = new ObjectRemover(this.faulty, this.clock, () => 0.5, silentLogger, {
    objectsRemoved: (_, count) => (this.counted += count),
  });

  constructor() {
    const remove = this.faulty.delete.bind(this.faulty);
    this.faulty.delete = (keys, options) => {
      this.requests.push(keys.length);
      return remove(keys, options);
    };
  }

  async fill(count: number): Promise<string[]> {
    const keys = Array.from({ length: count }, (_, index) => `o/${String(index).padStart(5, '0')}`);
    for (const key of keys) await this.stored.create(key, [], { crc32c: crc32c(Buffer.alloc(0)) });
    return keys;
  }

  async left(): Promise<number> {
    let count = 0;
    for await (const { key } of this.stored.list('')) if (key !== '') count += 1;
    return count;
  }
}

test('deletes in requests of a thousand keys, with pauses between them', async () => {
  const kit = new Kit();
  const keys = await kit.fill(2 * KEYS_PER_REQUEST + 1);
  const before = kit.clock.monotonic();
  expect(await kit.clock.until(kit.remover.remove(keys, 'retired', signal))).toBe(keys.length);
  expect(kit.requests).toEqual([KEYS_PER_REQUEST, KEYS_PER_REQUEST, 1]);
  expect(kit.clock.monotonic() - before).toBeGreaterThanOrEqual(200);
  expect(await kit.left()).toBe(0);
  expect(kit.counted).toBe(keys.length);
});

test('nothing to delete is no request', async () => {
  const kit = new Kit();
  expect(await kit.clock.until(kit.remover.remove([], 'retired', signal))).toBe(0);
  expect(kit.requests).toEqual([]);
});

test('a request that fails is repeated as it is; what was gone already does no harm', async () => {
  const kit = new Kit();
  const keys = await kit.fill(3000);
  kit.faulty.setFaults({ failBefore: 0.3, failAfter: 0.3 });
  await kit.clock.until(kit.remover.remove(keys, 'wal', signal));
  expect(kit.requests.length).toBeGreaterThan(3);
  expect(await kit.left()).toBe(0);
});

test('a store that keeps failing ends the work with its error', async () => {
  const kit = new Kit();
  const keys = await kit.fill(1);
  kit.faulty.setFaults({ failBefore: 1 });
  await expect(kit.clock.until(kit.remover.remove(keys, 'wal', signal))).rejects.toThrow(ObjectStoreError);
  expect(kit.requests).toHaveLength(5);
});

test('an abort ends it between two tries', async () => {
  const kit = new Kit();
  const keys = await kit.fill(1);
  kit.faulty.setFaults({ failBefore: 1 });
  const abort = new AbortController();
  const removing = kit.remover.remove(keys, 'wal', abort.signal);
  const ended = expect(removing).rejects.toThrow('enough');
  await kit.clock.settle();
  abort.abort(new Error('enough'));
  await kit.clock.settle();
  await ended;
});
