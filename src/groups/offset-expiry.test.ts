import { describe, expect, test } from '@jest/globals';
import { GroupKit, TOPIC } from '../../test/support/group-kit.js';
import { ErrorCode } from '../protocol/errors.js';
import { ConsumerSubscription } from '../protocol/schema/consumer-protocol.js';

const RETENTION_MS = 60_000;
const SWEEP_MS = 600_000;

const subscriptionTo = (...topics: string[]) =>
  Buffer.concat([Buffer.from([0, 0]), ConsumerSubscription.encode({ topics }, 0)]);

async function begin(): Promise<GroupKit> {
  const kit = await new GroupKit({ offsetsRetentionMs: RETENTION_MS }).begin();
  kit.expiry.start();
  return kit;
}

describe('the expiry of offsets', () => {
  test('in a group that never had members: a retention time after the commit, and the group goes with the last', async () => {
    const kit = await begin();
    await kit.clock.until(kit.commit('g', 1));
    await kit.clock.advance(SWEEP_MS - 30_000);
    await kit.clock.until(kit.commit('g', 2, 1));
    await kit.clock.advance(30_000);
    expect([kit.offset('g'), kit.offset('g', 1)]).toEqual([undefined, 2]);
    await kit.clock.advance(SWEEP_MS + 1_000);
    expect(kit.coordinator.describe('g')).toBeUndefined();
    expect((await kit.stored.range('consumers/')).entries).toEqual([]);
  });

  test('in a group with members: not while they are there; then a retention time after the last one left', async () => {
    const kit = await begin();
    const { memberId, generationId } = await kit.stableMember('g', {
      sessionTimeoutMs: 1_800_000,
      protocols: [{ name: 'range', metadata: subscriptionTo(TOPIC.name) }],
    });
    await kit.clock.until(kit.commitAs('g', { memberId, instanceId: null, generationId }, 1));
    await kit.clock.advance(SWEEP_MS + 1_000);
    expect(kit.offset('g')).toBe(1);
    await kit.clock.advance(SWEEP_MS - 31_000);
    expect(kit.coordinator.leave('g', [{ memberId, instanceId: null, reason: '' }])).toEqual([ErrorCode.NONE]);
    await kit.clock.advance(31_000);
    expect(kit.offset('g')).toBe(1);
    await kit.clock.advance(SWEEP_MS + 1_000);
    expect(kit.coordinator.describe('g')).toBeUndefined();
  });

  test('in a stable group of consumers: those of topics that nobody consumes', async () => {
    const kit = await begin();
    const { memberId, generationId } = await kit.stableMember('g', {
      sessionTimeoutMs: 1_800_000,
      protocols: [{ name: 'range', metadata: subscriptionTo('another') }],
    });
    await kit.clock.until(kit.commitAs('g', { memberId, instanceId: null, generationId }, 1));
    await kit.clock.advance(SWEEP_MS + 1_000);
    expect(kit.offset('g')).toBeUndefined();
    expect(kit.coordinator.describe('g')?.classic?.state).toBe('Stable');
  });

  test('an offset with a retention time of its own lasts for that', async () => {
    const kit = await begin();
    const committer = { memberId: '', instanceId: null, generationId: -1, knowsEpochs: true };
    const offset = { topic: TOPIC.name, topicId: TOPIC.id, partition: 0, offset: 1, leaderEpoch: -1, metadata: '' };
    const retentionMs = 2 * SWEEP_MS - 1_000;
    await kit.clock.until(kit.offsets.commit('g', committer, [offset], retentionMs, ErrorCode.ILLEGAL_GENERATION));
    await kit.clock.advance(SWEEP_MS);
    expect(kit.offset('g')).toBe(1);
    const next = await kit.restart({ offsetsRetentionMs: RETENTION_MS });
    next.expiry.start();
    await next.clock.advance(SWEEP_MS + 1_000);
    expect(next.offset('g')).toBeUndefined();
  });

  test('those of a deleted topic are removed from the store', async () => {
    const kit = await begin();
    await kit.clock.until(kit.commit('g', 1));
    kit.topics.clear();
    await kit.clock.until(kit.expiry.sweep());
    expect((await kit.stored.range('consumers/')).entries).toEqual([]);
  });
});
