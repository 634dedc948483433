import { describe, expect, test } from '@jest/globals';
import { FaultyMetadataStore } from '../../../test/support/faulty-metadata-store.js';
import { seededRandom } from '../../../test/support/seeded-random.js';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import { silentLogger } from '../../logging/logger.js';
import { EmbeddedMetadataStore } from '../../metadata/embedded-metadata-store.js';
import { incarnationKey, mergesKey, trimKey } from '../../metadata/keys.js';
import type { Transaction } from '../../metadata/metadata-store.js';
import { decodeWalMerges, encodeTrimMark } from '../../metadata/records.js';
import { MergeList, MergeRefusedError, type WalMerge } from './merge-list.js';

const merge = (from: number, to: number): WalMerge => ({ from, to, key: `${from}-${to}`, endBytes: 100 });

class Kit {
  readonly clock = new VirtualClock();
  readonly stored = EmbeddedMetadataStore.inMemory();
  readonly metadata = new FaultyMetadataStore(this.stored, { clock: this.clock, random: seededRandom(1) });
  readonly sent: Transaction[] = [];
  readonly list = new MergeList(
    Object.assign(Object.create(this.metadata) as FaultyMetadataStore, {
      txn: (transaction: Transaction) => {
        this.sent.push(transaction);
        return this.metadata.txn(transaction);
      },
    }),
    'x',
    this.clock,
    seededRandom(2),
    silentLogger,
  );

  static async begin(): Promise<Kit> {
    const kit = new Kit();
    await kit.put(incarnationKey('x'), Buffer.alloc(0));
    return kit;
  }

  async put(key: string, value: Buffer): Promise<void> {
    await this.stored.txn({ compare: [], success: [{ type: 'put', key, value }] });
  }

  replace(from: number, to: number): Promise<void> {
    return this.clock.until(this.list.replace(merge(from, to), new AbortController().signal));
  }

  async ranges(): Promise<string[]> {
    const entry = await this.stored.get(mergesKey('x'));
    return entry === undefined ? [] : decodeWalMerges(entry.value, entry.key).merges.map(({ key }) => key ?? '');
  }
}

describe('the list of merged objects', () => {
  test('an object takes the place of those that it covers', async () => {
    const kit = await Kit.begin();
    await kit.replace(1, 4);
    await kit.replace(9, 12);
    await kit.replace(5, 8);
    expect(await kit.ranges()).toEqual(['1-4', '5-8', '9-12']);
    await kit.replace(1, 12);
    expect(await kit.ranges()).toEqual(['1-12']);
  });

  test('I6: what is below the trim mark is forgotten', async () => {
    const kit = await Kit.begin();
    await kit.replace(1, 4);
    await kit.put(trimKey('x'), encodeTrimMark({ incarnationId: 'x', sequence: 6 }));
    await kit.replace(5, 8);
    expect(kit.list.trimmedSequence).toBe(6);
    await kit.replace(9, 12);
    expect(await kit.ranges()).toEqual(['5-8', '9-12']);
  });

  test.each(['before it is applied', 'after it was applied'] as const)(
    'rule 1: a change whose answer is lost %s is repeated until it is answered',
    async (loss) => {
      const kit = await Kit.begin();
      await kit.replace(1, 4);
      kit.metadata.loseAnswers(loss, loss);
      await kit.replace(5, 8);
      await kit.replace(9, 12);
      expect(await kit.ranges()).toEqual(['1-4', '5-8', '9-12']);
    },
  );

  test('rule 2: a late copy of an earlier change is not applied', async () => {
    const kit = await Kit.begin();
    await kit.replace(1, 4);
    await kit.replace(5, 8);
    for (const late of kit.sent) expect((await kit.stored.txn(late)).succeeded).toBe(false);
    expect(await kit.ranges()).toEqual(['1-4', '5-8']);
  });

  test('I4: an incarnation that was ended changes nothing', async () => {
    const kit = await Kit.begin();
    await kit.replace(1, 4);
    await kit.stored.txn({ compare: [], success: [{ type: 'delete', key: incarnationKey('x') }] });
    await expect(kit.replace(5, 8)).rejects.toThrow(MergeRefusedError);
    expect(await kit.ranges()).toEqual(['1-4']);
  });

  test('a list that somebody else has changed is not written over', async () => {
    const kit = await Kit.begin();
    await kit.replace(1, 4);
    await kit.put(mergesKey('x'), Buffer.alloc(0));
    await expect(kit.replace(5, 8)).rejects.toThrow(/not what it last wrote/);
  });
});
