import { describe, expect, test } from '@jest/globals';
import { brokerWith, restarted, some, stateOf, storedManifests, valuesOf } from '../../test/support/manifest-kit.js';
import { ErrorCode } from '../protocol/errors.js';
import type { PartitionLog } from './partition-log.js';

describe('a manifest commit of a leader that was replaced', () => {
  test('I4 rule 10: changes nothing', async () => {
    const { kit, topic, log, hand, manifest } = await brokerWith(some('a', 'b'));
    const segment = await hand.writeSegment(log);
    const { kit: next, broker } = await restarted(kit);
    await expect(kit.clock.until(manifest.commit(hand.added(segment)))).rejects.toMatchObject({
      code: ErrorCode.NOT_LEADER_OR_FOLLOWER,
    });
    expect(await stateOf(kit)).toMatchObject({ manifestKey: '', checkpointOffset: 0, leaderEpoch: 1 });
    expect(await valuesOf(next, broker.log(topic) as PartitionLog)).toEqual([0]);
  });

  test.each(['stored', 'committed'])('I4: also when that happened while the manifest was being %s', async (step) => {
    const { kit, log, hand, manifest } = await brokerWith(some('a', 'b'));
    const segment = await hand.writeSegment(log);
    if (step === 'stored') kit.objects.setFaults({ latencyMs: [100, 100] });
    else kit.metadata.setFaults({ latencyMs: [100, 100] });
    const late = manifest.commit(hand.added(segment));
    const outcome = expect(late).rejects.toMatchObject({ code: ErrorCode.NOT_LEADER_OR_FOLLOWER });
    await kit.clock.advance(step === 'stored' ? 50 : 120);
    await restarted(kit);
    await kit.clock.advance(5_000);
    await outcome;
    expect(await stateOf(kit)).toMatchObject({ manifestKey: '', checkpointOffset: 0, leaderEpoch: 1 });
  });

  test('I4: also when its incarnation has ended and nobody has taken over yet', async () => {
    const { kit, log, hand, manifest } = await brokerWith(some('a', 'b'));
    const segment = await hand.writeSegment(log);
    const txn = kit.metadata.txn.bind(kit.metadata);
    kit.metadata.txn = async (transaction) => {
      if (transaction.compare.length > 0) await kit.endIncarnation('a-1');
      return txn(transaction);
    };
    await expect(manifest.commit(hand.added(segment))).rejects.toMatchObject({
      code: ErrorCode.NOT_LEADER_OR_FOLLOWER,
    });
    expect(await stateOf(kit)).toMatchObject({ manifestKey: '', checkpointOffset: 0 });
    expect(await storedManifests(kit)).toEqual([]);
  });

  test('of a deleted topic is refused, and its object does not stay', async () => {
    const { kit, broker, log, hand, manifest } = await brokerWith(some('a', 'b'));
    const segment = await hand.writeSegment(log);
    const deleting = broker.catalogue.delete('orders');
    const late = expect(manifest.commit(hand.added(segment))).rejects.toThrow();
    await kit.clock.until(deleting);
    await late;
    expect(await storedManifests(kit)).toEqual([]);
  });
});
