import { describe, expect, test } from '@jest/globals';
import { HandCompaction } from '../../test/support/hand-compaction.js';
import { batchOf } from '../../test/support/log-kit.js';
import { brokerWith, restarted, some } from '../../test/support/manifest-kit.js';
import type { PartitionLog } from './partition-log.js';

describe('I8: idempotent producers', () => {
  const from = (sequence: number) => batchOf(['v'], { producerId: 9, producerEpoch: 0, baseSequence: sequence });

  test('are remembered by the manifest, when no WAL tells of them any more', async () => {
    const { kit, topic, log, hand } = await brokerWith(...[0, 1, 2, 3, 4, 5, 6].map(from));
    await kit.clock.until(hand.compact(log));
    expect(log.manifest.producers).toMatchObject([{ producerId: 9, batches: [{}, {}, {}, {}, {}] }]);
    const { broker } = await restarted(kit);
    const reopened = broker.log(topic) as PartitionLog;
    expect(reopened.append(from(6)).baseOffset).toBe(6);
    expect(reopened.append(from(2)).baseOffset).toBe(2);
    expect(() => reopened.append(from(8))).toThrow();
    expect(reopened.append(from(7)).baseOffset).toBe(7);
  });

  test('by the manifest and by the WAL since: as if all had been read', async () => {
    const { kit, topic, log, hand } = await brokerWith(...[0, 1, 2, 3].map(from));
    await kit.clock.until(hand.compact(log, 2));
    expect(log.manifest.producers).toMatchObject([{ batches: [{ lastOffset: 0 }, { lastOffset: 1 }] }]);
    const { broker } = await restarted(kit);
    const reopened = broker.log(topic) as PartitionLog;
    for (const sequence of [0, 1, 2, 3]) expect(reopened.append(from(sequence)).baseOffset).toBe(sequence);
  });

  test('a WAL object on both sides of the checkpoint tells of those above it only', async () => {
    const { kit, topic, log, hand } = await brokerWith(...[0, 1, 2].map(from));
    const together = [3, 4, 5].map((sequence) => log.append(from(sequence)).committed);
    await kit.clock.until(Promise.all(together));
    expect(log.uncompacted()).toHaveLength(4);
    await kit.clock.until(hand.compact(log, 5));
    const { broker } = await restarted(kit);
    const reopened = broker.log(topic) as PartitionLog;
    for (const sequence of [1, 2, 3, 4, 5]) expect(reopened.append(from(sequence)).baseOffset).toBe(sequence);
  });

  test('what was appended and not committed is not remembered by a manifest', async () => {
    const { kit, topic, log, hand } = await brokerWith(...[0, 1].map(from));
    kit.objects.setFaults({ latencyMs: [60_000, 60_000] });
    const lost = [2, 3, 4, 5, 6].map((sequence) => log.append(from(sequence)).committed);
    for (const committed of lost) committed.catch(() => undefined);
    await kit.clock.settle();
    expect(log.producersBefore(2)).toMatchObject([{ batches: [{ lastOffset: 0 }, { lastOffset: 1 }] }]);
    kit.objects.setFaults({});
    await kit.clock.until(hand.compact(log, 2));
    const { broker } = await restarted(kit);
    const reopened = broker.log(topic) as PartitionLog;
    expect(() => reopened.append(from(3))).toThrow();
    expect(reopened.append(from(2)).baseOffset).toBe(2);
  });
});

describe('KIP-101: epochs', () => {
  test('below the checkpoint are told by the manifest', async () => {
    const first = await brokerWith(some('a', 'b'));
    const second = await restarted(first.kit);
    await second.broker.produce(first.topic, ['c', 'd']);
    const log = second.broker.log(first.topic) as PartitionLog;
    const hand = new HandCompaction(second.kit.storedObjects, second.kit.logs, 'test');
    await second.kit.clock.until(hand.compact(log));
    expect(log.manifest.epochs).toEqual([
      { epoch: 0, startOffset: 0 },
      { epoch: 1, startOffset: 2 },
    ]);
    const third = await restarted(second.kit, 'c');
    const reopened = third.broker.log(first.topic) as PartitionLog;
    expect(reopened.endOfEpoch(0)).toEqual({ leaderEpoch: 0, endOffset: 2 });
    expect(reopened.endOfEpoch(1)).toEqual({ leaderEpoch: 1, endOffset: 4 });
    expect(reopened.endOfEpoch(2)).toEqual({ leaderEpoch: 2, endOffset: 4 });
  });
});
