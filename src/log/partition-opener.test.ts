import { describe, expect, test } from '@jest/globals';
import { seededRandom } from '../../test/support/seeded-random.js';
import { VirtualClock } from '../../test/support/virtual-clock.js';
import { silentLogger } from '../logging/logger.js';
import { PartitionOpener } from './partition-opener.js';

/** An opener of two at a time, of partitions that are ready when the test says so. */
function opener() {
  const clock = new VirtualClock();
  let failures = 0;
  const observer = { partitionOpenFailed: () => void (failures += 1) };
  const opening = new PartitionOpener(2, clock, seededRandom(1), silentLogger, observer);
  const begun: string[] = [];
  const opened: string[] = [];
  const pending = new Map<string, PromiseWithResolvers<undefined>>();
  const add = (key: string) => {
    opening.add(key, { topicName: key, topicId: key, partition: 0 }, async () => {
      begun.push(key);
      const gate = Promise.withResolvers<undefined>();
      pending.set(key, gate);
      await gate.promise;
      return () => void opened.push(key);
    });
  };
  const ready = async (key: string) => {
    pending.get(key)?.resolve(undefined);
    await clock.settle();
  };
  const fail = async (key: string) => {
    pending.get(key)?.reject(new Error('damaged'));
    await clock.settle();
  };
  return { clock, opening, begun, opened, add, ready, fail, failures: () => failures };
}

describe('partitions are opened', () => {
  test('a few at a time, in their order', async () => {
    const { opening, begun, opened, add, ready } = opener();
    for (const key of ['a', 'b', 'c', 'd']) add(key);
    expect(begun).toEqual(['a', 'b']);
    await ready('b');
    expect(begun).toEqual(['a', 'b', 'c']);
    expect([opened, opening.has('b'), opening.has('a'), opening.size]).toEqual([['b'], false, true, 3]);
  });

  test('those first that somebody asks for', async () => {
    const { opening, begun, add, ready } = opener();
    for (const key of ['a', 'b', 'c', 'd', 'e']) add(key);
    opening.want('e');
    opening.want('d');
    opening.want('a');
    opening.want('unknown');
    await ready('a');
    await ready('b');
    await ready('e');
    expect(begun).toEqual(['a', 'b', 'e', 'd', 'c']);
  });

  test('again after a failure, which holds up no other', async () => {
    const { clock, opening, begun, opened, add, ready, fail, failures } = opener();
    for (const key of ['a', 'b', 'c']) add(key);
    await fail('a');
    expect([begun, failures(), opening.has('a')]).toEqual([['a', 'b', 'c'], 1, true]);
    await ready('b');
    await clock.advance(5_000);
    expect(begun).toEqual(['a', 'b', 'c', 'a']);
    await ready('a');
    expect(opened).toEqual(['b', 'a']);
  });

  test('not any more when they are taken away, whatever comes of what is under way', async () => {
    const { clock, opening, begun, opened, add, ready, fail } = opener();
    for (const key of ['a', 'b', 'c', 'd']) add(key);
    opening.remove('a');
    opening.remove('c');
    await ready('a');
    await fail('b');
    opening.clear();
    await clock.advance(60_000);
    expect([begun, opened, opening.size]).toEqual([['a', 'b', 'd'], [], 0]);
  });
});
