import { describe, expect, test } from '@jest/globals';
import { CleanupKit, NAMESPACE } from '../../../test/support/cleanup-kit.js';
import { silentLogger } from '../../logging/logger.js';
import { mergesKey, trimKey } from '../../metadata/keys.js';
import { MetadataUnavailableError } from '../../metadata/metadata-store.js';
import { decodeTrimMark, encodeWalMerges } from '../../metadata/records.js';
import { ObjectStoreError } from '../../storage/object-store.js';
import { walObjectKey } from '../../storage/object-keys.js';
import type { LiveWal } from '../live-wal.js';
import { WalTrim } from './wal-trim.js';

const GRACE_MS = 600_000;

class Kit extends CleanupKit {
  wal: LiveWal | undefined;
  readonly replaced: string[] = [];
  readonly trim = new WalTrim(
    { namespace: NAMESPACE, graceMs: GRACE_MS },
    {
      metadata: this.metadata,
      remover: this.remover,
      clock: this.clock,
      logger: silentLogger,
      liveWal: () => this.wal,
      takeReplaced: () => this.replaced.splice(0),
      refresh: () => Promise.resolve(),
    },
  );

  /** An incarnation with objects 1 to `count`, of which `firstNeeded` is the first that is needed. */
  async begin(count: number, firstNeeded?: number): Promise<void> {
    await this.addIncarnation('x', count);
    await this.putWal('x', ...Array.from({ length: count }, (_, index) => index + 1));
    this.set(count, firstNeeded);
  }

  set(deliveredSequence: number, firstNeeded?: number, incarnationId = 'x'): void {
    this.wal = { incarnationId, deliveredSequence, firstNeeded };
  }

  async run(): Promise<void> {
    await this.clock.until(this.trim.run(this.signal));
  }

  async mark(): Promise<number | undefined> {
    const entry = await this.storedMetadata.get(trimKey('x'));
    return entry && decodeTrimMark(entry.value, entry.key).sequence;
  }

  async sequences(): Promise<number[]> {
    return (await this.keys('_kafscale/wal/x/')).map((key) => Number(key.slice(-20)));
  }
}

describe('rule 11: WAL objects of the live incarnation', () => {
  test('are deleted once nothing of them is needed: the mark first, the objects after the grace period', async () => {
    const kit = new Kit();
    await kit.begin(5, 4);
    await kit.run();
    expect(await kit.mark()).toBe(3);
    await kit.clock.advance(GRACE_MS - 1);
    await kit.run();
    expect(await kit.sequences()).toEqual([1, 2, 3, 4, 5]);
    await kit.clock.advance(1);
    await kit.run();
    expect(await kit.sequences()).toEqual([4, 5]);
    expect(kit.removed).toEqual({ wal: 3 });
  });

  test('all of them go when nobody needs any, but none that the logs have not taken over yet', async () => {
    const kit = new Kit();
    await kit.begin(5);
    kit.set(4);
    await kit.run();
    expect(await kit.mark()).toBe(4);
    expect(kit.trim.keptObjects).toBe(0);
  });

  test('that merged ones have replaced go after the grace period too, whatever the mark says', async () => {
    const kit = new Kit();
    await kit.begin(5, 1);
    kit.replaced.push(walObjectKey(NAMESPACE, 'x', 2), walObjectKey(NAMESPACE, 'x', 3));
    await kit.run();
    await kit.clock.advance(GRACE_MS - 1);
    await kit.run();
    expect(await kit.sequences()).toEqual([1, 2, 3, 4, 5]);
    await kit.clock.advance(1);
    await kit.run();
    expect(await kit.sequences()).toEqual([1, 4, 5]);
    expect(await kit.mark()).toBeUndefined();
  });

  test('I7: nothing is written while the mark would not move', async () => {
    const kit = new Kit();
    await kit.begin(5, 1);
    await kit.run();
    expect(await kit.mark()).toBeUndefined();
    kit.set(5, 3);
    await kit.run();
    const { revision } = await kit.storedMetadata.range('');
    await kit.run();
    expect((await kit.storedMetadata.range('')).revision).toBe(revision);
    expect(kit.trim.keptObjects).toBe(3);
  });

  test('objects that replaced others go with them', async () => {
    const kit = new Kit();
    await kit.begin(8, 7);
    const merged = (sequence: number) => `${walObjectKey(NAMESPACE, 'x', sequence)}-0000abcd`;
    const merges = [
      { from: 1, to: 4, key: merged(4) },
      { from: 5, to: 8, key: merged(8) },
    ];
    for (const { key } of merges) await kit.put(key);
    await kit.write(mergesKey('x'), encodeWalMerges({ incarnationId: 'x', merges }));
    await kit.run();
    await kit.clock.advance(GRACE_MS);
    await kit.run();
    const left = (await kit.keys()).map((key) => `${NAMESPACE}/${key}`);
    expect(left).toEqual([walObjectKey(NAMESPACE, 'x', 7), walObjectKey(NAMESPACE, 'x', 8), merged(8)]);
  });

  test('objects that others have replaced are deleted after the grace period', async () => {
    const kit = new Kit();
    await kit.begin(4, 1);
    kit.replaced.push(walObjectKey(NAMESPACE, 'x', 1), walObjectKey(NAMESPACE, 'x', 2));
    await kit.run();
    await kit.clock.advance(GRACE_MS - 1);
    await kit.run();
    expect(await kit.sequences()).toEqual([1, 2, 3, 4]);
    await kit.clock.advance(1);
    await kit.run();
    expect(await kit.sequences()).toEqual([3, 4]);
    expect(await kit.mark()).toBeUndefined();
  });

  test('an incarnation that was ended moves no mark and deletes nothing new', async () => {
    const kit = new Kit();
    await kit.begin(5);
    await kit.endIncarnation('x');
    await kit.run();
    await kit.clock.advance(GRACE_MS);
    await kit.run();
    expect(await kit.mark()).toBeUndefined();
    expect(await kit.sequences()).toEqual([1, 2, 3, 4, 5]);
  });

  test('a new incarnation starts with nothing trimmed, and leaves the objects of the last one alone', async () => {
    const kit = new Kit();
    await kit.begin(5);
    await kit.run();
    await kit.addIncarnation('y', 1);
    kit.set(1, undefined, 'y');
    await kit.run();
    await kit.clock.advance(GRACE_MS);
    await kit.run();
    expect(await kit.sequences()).toEqual([1, 2, 3, 4, 5]);
    expect(await kit.records('trims/')).toEqual(['trims/x', 'trims/y']);
  });
});

describe('a trim whose outcome is unknown', () => {
  for (const loss of ['before it is applied', 'after it was applied'] as const) {
    test(`${loss}: deletes nothing before the mark is there, and all of it afterwards`, async () => {
      const kit = new Kit();
      await kit.begin(5, 4);
      kit.metadata.loseAnswers(loss);
      await expect(kit.run()).rejects.toThrow(MetadataUnavailableError);
      kit.set(5, 5);
      await kit.run();
      await kit.run();
      expect(await kit.mark()).toBe(4);
      await kit.clock.advance(GRACE_MS);
      await kit.run();
      await kit.run();
      expect(await kit.sequences()).toEqual([5]);
    });
  }

  test('a copy that arrives late does not set the mark back', async () => {
    const kit = new Kit();
    await kit.begin(5, 3);
    kit.metadata.setFaults({ applyLate: 1, lateMs: 5000 });
    // Reading the assignments is not to be late.
    const range = kit.storedMetadata.range.bind(kit.storedMetadata);
    kit.metadata.range = range;
    await expect(kit.run()).rejects.toThrow(MetadataUnavailableError);
    kit.metadata.setFaults({});
    kit.set(5, 5);
    await kit.run();
    await kit.clock.advance(10_000);
    expect(await kit.mark()).toBe(4);
  });
});

test('objects that could not be deleted are tried again', async () => {
  const kit = new Kit();
  await kit.begin(3);
  await kit.run();
  await kit.clock.advance(GRACE_MS);
  kit.objects.setFaults({ failBefore: 1 });
  await expect(kit.run()).rejects.toThrow(ObjectStoreError);
  kit.objects.setFaults({});
  await kit.run();
  expect(await kit.sequences()).toEqual([]);
});
