import { describe, expect, test } from '@jest/globals';
import { CONSUMER_GROUP_OPTIONS, heartbeatOf } from '../../test/support/consumer-group-kit.js';
import { GroupKit, joinRequest, TOPIC } from '../../test/support/group-kit.js';
import { groupMetadataKey } from '../metadata/keys.js';
import { decodeConsumerGroup } from '../metadata/records.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import { ConsumerSubscription } from '../protocol/schema/consumer-protocol.js';

const SESSION_MS = 45_000;
const metadata = Buffer.concat([Buffer.from([0, 0]), ConsumerSubscription.encode({ topics: [TOPIC.name] }, 0)]);
const protocols = [{ name: 'range', metadata }];

const join = (kit: GroupKit, memberId = 'm') =>
  kit.clock.until(
    kit.coordinator.consumerHeartbeat(
      'g',
      heartbeatOf(memberId, 0, {
        rebalanceTimeoutMs: 60_000,
        subscribedTopicNames: [TOPIC.name],
        topicPartitions: [],
      }),
    ),
  );

const beat = (kit: GroupKit, memberEpoch: number, memberId = 'm') =>
  kit.clock.until(kit.coordinator.consumerHeartbeat('g', heartbeatOf(memberId, memberEpoch)));

/** A group of one classic member without partitions. */
async function classicMember(kit: GroupKit) {
  const joined = await kit.clock.until(kit.coordinator.join('g', joinRequest({ protocols })));
  const { memberId, generationId } = joined;
  const request = { memberId, instanceId: null, generationId, protocolType: null, protocolName: null };
  await kit.clock.until(kit.coordinator.sync('g', { ...request, assignments: new Map() }));
  return joined;
}

async function storedGroup(kit: GroupKit) {
  const entry = await kit.stored.get(groupMetadataKey('g'));
  return entry && decodeConsumerGroup(entry.value, entry.key);
}

describe('groups of the consumer protocol', () => {
  test('are read again by the next coordinator; members go on, and are put out when they do not come', async () => {
    const kit = await new GroupKit().begin();
    const { memberEpoch, assignment } = await join(kit);
    expect(assignment).toEqual([{ topicId: TOPIC.id, partitions: [0, 1, 2, 3] }]);
    const next = await kit.restart();
    expect(await beat(next, memberEpoch)).toMatchObject({ memberEpoch, assignment: null });
    await next.clock.advance(SESSION_MS + 1);
    expect(next.coordinator.requireConsumer('g').state).toBe('Empty');
    expect(await storedGroup(next)).toMatchObject({ groupType: 'consumer', state: 'empty' });
  });

  test('take up what is set for them alone with the next heartbeat, and drop it again', async () => {
    const kit = await new GroupKit().begin();
    const { memberEpoch, heartbeatIntervalMs } = await join(kit);
    expect(heartbeatIntervalMs).toBe(5_000);
    const own = { 'consumer.session.timeout.ms': '60000', 'consumer.heartbeat.interval.ms': '7000' };
    kit.configs.set('g', new Map(Object.entries(own)));
    expect((await beat(kit, memberEpoch)).heartbeatIntervalMs).toBe(7_000);
    await kit.clock.advance(59_000);
    expect(kit.coordinator.requireConsumer('g').state).toBe('Stable');
    kit.configs.clear();
    expect((await beat(kit, memberEpoch)).heartbeatIntervalMs).toBe(5_000);
    await kit.clock.advance(SESSION_MS + 1);
    expect(kit.coordinator.requireConsumer('g').state).toBe('Empty');
  });

  test('hear of topics that change', async () => {
    const kit = await new GroupKit().begin();
    const { memberEpoch } = await join(kit);
    kit.topics.delete(TOPIC.name);
    kit.topics.notify();
    expect((await beat(kit, memberEpoch)).assignment).toEqual([]);
  });

  test('that are deleted leave nothing behind, also when they were being written', async () => {
    const kit = await new GroupKit().begin();
    await Promise.all([join(kit, 'm'), join(kit, 'n')]);
    const leaving = ['m', 'n'].map((memberId) => kit.coordinator.consumerHeartbeat('g', heartbeatOf(memberId, -1)));
    const deleting = kit.coordinator.delete('g');
    await kit.clock.until(Promise.allSettled([...leaving, deleting]));
    await kit.clock.until(deleting);
    await kit.clock.advance(SESSION_MS);
    expect(await storedGroup(kit)).toBeUndefined();
    expect((await kit.restart()).coordinator.describe('g')).toBeUndefined();
  });

  test('lose the offsets of what nobody consumes, and all of them some time after the last member has gone', async () => {
    const retentionMs = 1_200_000;
    const kit = await new GroupKit({ offsetsRetentionMs: retentionMs }).begin();
    kit.expiry.start();
    const { memberEpoch } = await join(kit);
    const committer = { memberId: 'm', instanceId: null, generationId: memberEpoch };
    await kit.clock.until(kit.commitAs('g', committer, 7));
    for (let waited = 0; waited < 2 * retentionMs; waited += 30_000) {
      await kit.clock.advance(30_000);
      await beat(kit, memberEpoch);
    }
    expect(kit.offset('g')).toBe(7);
    await beat(kit, -1);
    await kit.clock.advance(retentionMs - 1_000);
    expect(kit.offset('g')).toBe(7);
    await kit.clock.advance(601_000);
    expect(kit.offset('g')).toBeUndefined();
    expect(kit.coordinator.describe('g')).toBeUndefined();
  });
});

describe('groups that change their protocol', () => {
  test('are stored as what they are: of the consumer protocol with its first member, classic after its last', async () => {
    const kit = await new GroupKit().begin();
    const classic = await classicMember(kit);
    expect(await storedGroup(kit)).toMatchObject({ groupType: '', generationId: classic.generationId });
    const { memberEpoch } = await join(kit);
    expect(memberEpoch).toBe(classic.generationId + 1);
    expect(await storedGroup(kit)).toMatchObject({ groupType: 'consumer', generationId: memberEpoch });

    const next = await kit.restart();
    expect(next.coordinator.requireConsumer('g').members.map(({ id }) => id)).toEqual([classic.memberId, 'm']);
    await beat(next, -1);
    expect(await storedGroup(next)).toMatchObject({ groupType: '', state: 'stable' });
    const last = await next.restart();
    const { classic: restored } = last.coordinator.describe('g')!;
    expect(restored?.members.map(({ id }) => id)).toEqual([classic.memberId]);
  });

  test('send those away who wait in the classic group for something that will not come', async () => {
    const kit = await new GroupKit({ initialRebalanceDelayMs: 3_000 }).begin();
    const waiting = kit.coordinator.join('g', joinRequest({ protocols }));
    await kit.clock.settle();
    await join(kit);
    expect((await kit.clock.until(waiting)).errorCode).toBe(ErrorCode.REBALANCE_IN_PROGRESS);
  });

  test('do so only as far as the policy goes', async () => {
    const policy = (migrationPolicy: 'disabled' | 'upgrade') => ({
      consumer: { ...CONSUMER_GROUP_OPTIONS, migrationPolicy },
    });
    const disabled = await new GroupKit(policy('disabled')).begin();
    await classicMember(disabled);
    const refused = disabled.coordinator.consumerHeartbeat(
      'g',
      heartbeatOf('m', 0, { rebalanceTimeoutMs: 1, subscribedTopicNames: [], topicPartitions: [] }),
    );
    await expect(refused).rejects.toThrow(
      new KafkaError(
        ErrorCode.GROUP_ID_NOT_FOUND,
        'Cannot upgrade classic group g to consumer group because online upgrade is disabled.',
      ),
    );
    expect(disabled.coordinator.describe('g')?.classic?.state).toBe('Stable');

    const upgrade = await new GroupKit(policy('upgrade')).begin();
    await classicMember(upgrade);
    await join(upgrade);
    await beat(upgrade, -1);
    expect(upgrade.coordinator.requireConsumer('g').members).toHaveLength(1);
  });
});
