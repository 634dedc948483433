import { describe, expect, test } from '@jest/globals';
import { ConsumerGroupKit, heartbeatOf } from '../../../test/support/consumer-group-kit.js';
import { ErrorCode, errorName, KafkaError } from '../../protocol/errors.js';
import type { ConsumerHeartbeat, HeartbeatResult } from './heartbeat.js';

const MINUTE = 60_000;

/** A heartbeat with all that the first one must have. */
const joinOf = (memberId: string, topics: readonly string[], rest: Partial<ConsumerHeartbeat> = {}) =>
  heartbeatOf(memberId, 0, {
    rebalanceTimeoutMs: MINUTE,
    subscribedTopicNames: topics,
    topicPartitions: [],
    ...rest,
  });

class Scene extends ConsumerGroupKit {
  join(memberId: string, topics: readonly string[], rest: Partial<ConsumerHeartbeat> = {}) {
    return this.group.heartbeat(joinOf(memberId, topics, rest));
  }

  beat(memberId: string, epoch: number, rest: Partial<ConsumerHeartbeat> = {}) {
    return this.group.heartbeat(heartbeatOf(memberId, epoch, rest));
  }

  /** As a request lists them: `{ a: [0, 1] }`. */
  partitions(numbers: Readonly<Record<string, readonly number[]>>) {
    return Object.entries(numbers).map(([name, partitions]) => ({ topicId: this.topics.get(name)!.id, partitions }));
  }

  /** What an answer assigns, by the names of the topics. */
  assigned({ assignment }: HeartbeatResult) {
    if (assignment === null) return null;
    return Object.fromEntries(
      assignment.map(({ topicId, partitions }) => [this.topics.getById(topicId)!.name, partitions]),
    );
  }
}

const failure = (answer: Promise<unknown>) =>
  answer.then(
    () => 'answered',
    (error: unknown) => (error instanceof KafkaError ? errorName(error.code) : String(error)),
  );

describe('joining', () => {
  test('gives the first member everything', async () => {
    const scene = new Scene();
    scene.topics.set('a', 3);
    const answer = await scene.join('m1', ['a', 'missing']);
    expect(answer).toMatchObject({ memberId: 'm1', memberEpoch: 2, heartbeatIntervalMs: 5_000 });
    expect(scene.assigned(answer)).toEqual({ a: [0, 1, 2] });
    expect(scene.group.state).toBe('Stable');
  });

  test('moves partitions only when their owner has given them back', async () => {
    const scene = new Scene();
    scene.topics.set('a', 2);
    await scene.join('m1', ['a']);
    const second = await scene.join('m2', ['a']);
    expect(second.memberEpoch).toBe(3);
    expect(scene.assigned(second)).toEqual({});

    const told = await scene.beat('m1', 2);
    expect(told.memberEpoch).toBe(2);
    expect(scene.assigned(told)).toEqual({ a: [0] });
    expect(scene.group.state).toBe('Reconciling');
    expect((await scene.beat('m2', 3)).assignment).toBeNull();

    const acknowledged = await scene.beat('m1', 2, { topicPartitions: scene.partitions({ a: [0] }) });
    expect(acknowledged).toMatchObject({ memberEpoch: 3, assignment: null });
    expect(scene.assigned(await scene.beat('m2', 3))).toEqual({ a: [1] });
    expect(scene.group.state).toBe('Stable');
  });

  test('chooses an id for a member that has none', async () => {
    const scene = new Scene();
    expect((await scene.join('', [])).memberId).toBe('uuid-1');
  });

  test('is refused when the group is full, but not to its members', async () => {
    const scene = new Scene({ maxGroupSize: 1 });
    await scene.join('m1', ['a'], { instanceId: 'i' });
    expect(await failure(scene.join('m2', ['a']))).toBe('GROUP_MAX_SIZE_REACHED');
    expect(await failure(scene.join('m1', ['a'], { instanceId: 'i' }))).toBe('answered');
    await scene.beat('m1', -2, { instanceId: 'i' });
    expect(await failure(scene.join('m3', ['a'], { instanceId: 'i' }))).toBe('answered');
  });

  test('again begins with what is still its own', async () => {
    const scene = new Scene();
    scene.topics.set('a', 2);
    await scene.join('m1', ['a']);
    await scene.join('m2', ['a']);
    const again = await scene.join('m1', ['a']);
    expect(again.memberEpoch).toBe(3);
    expect(scene.assigned(again)).toEqual({ a: [0] });
    expect(scene.assigned(await scene.beat('m2', 3))).toEqual({ a: [1] });
  });
});

describe('epochs', () => {
  const settled = async () => {
    const scene = new Scene();
    scene.topics.set('a', 2);
    await scene.join('m1', ['a']);
    await scene.join('m2', ['a']);
    await scene.beat('m1', 2);
    await scene.beat('m1', 2, { topicPartitions: scene.partitions({ a: [0] }) });
    expect(scene.group.members[0]).toMatchObject({ epoch: 3, previousEpoch: 2, state: 'stable' });
    return scene;
  };

  test('of members that are not known', async () => {
    const scene = await settled();
    expect(await failure(scene.beat('m9', 2))).toBe('UNKNOWN_MEMBER_ID');
    expect(await failure(scene.beat('m9', -1))).toBe('UNKNOWN_MEMBER_ID');
    expect(await failure(scene.beat('m1', 3, { instanceId: 'i' }))).toBe('UNKNOWN_MEMBER_ID');
  });

  test('that are ahead or behind are fenced', async () => {
    const scene = await settled();
    expect(await failure(scene.beat('m1', 4))).toBe('FENCED_MEMBER_EPOCH');
    expect(await failure(scene.beat('m1', 2))).toBe('FENCED_MEMBER_EPOCH');
  });

  test('of which the news was lost are taken from those who have no more than they should', async () => {
    const scene = await settled();
    const tooMuch = { topicPartitions: scene.partitions({ a: [0, 1] }) };
    expect(await failure(scene.beat('m1', 2, tooMuch))).toBe('FENCED_MEMBER_EPOCH');
    const subset = { rebalanceTimeoutMs: MINUTE, subscribedTopicNames: ['a'], topicPartitions: [] };
    const answer = await scene.beat('m1', 2, subset);
    expect(answer.memberEpoch).toBe(3);
    expect(scene.assigned(answer)).toEqual({ a: [0] });
  });
});

describe('leaving', () => {
  test('frees everything at once', async () => {
    const scene = new Scene();
    scene.topics.set('a', 2);
    await scene.join('m1', ['a']);
    await scene.join('m2', ['a']);
    expect(await scene.beat('m1', -1)).toEqual({
      memberId: 'm1',
      memberEpoch: -1,
      heartbeatIntervalMs: 0,
      assignment: null,
    });
    expect(scene.assigned(await scene.beat('m2', 3))).toEqual({ a: [0, 1] });
    await scene.beat('m2', -1);
    expect(scene.group.state).toBe('Empty');
    expect(scene.group.groupEpoch).toBe(5);
  });

  test('by silence takes the session timeout', async () => {
    const scene = new Scene();
    await scene.join('m1', ['a']);
    await scene.clock.advance(44_000);
    await scene.beat('m1', 2);
    await scene.clock.advance(44_000);
    expect(scene.group.state).toBe('Stable');
    await scene.clock.advance(2_000);
    expect(scene.group.state).toBe('Empty');
    expect(await failure(scene.beat('m1', 2))).toBe('UNKNOWN_MEMBER_ID');
  });

  test('happens to those who give nothing back within the rebalance timeout', async () => {
    const scene = new Scene();
    scene.topics.set('a', 2);
    await scene.join('m1', ['a'], { rebalanceTimeoutMs: 10_000 });
    await scene.join('m2', ['a']);
    for (let second = 0; second < 9; second += 1) {
      await scene.beat('m1', 2);
      await scene.clock.advance(1_000);
    }
    expect(await failure(scene.beat('m1', 2))).toBe('answered');
    await scene.clock.advance(1_000);
    expect(await failure(scene.beat('m1', 2))).toBe('UNKNOWN_MEMBER_ID');
    expect(scene.assigned(await scene.beat('m2', 3))).toEqual({ a: [0, 1] });
  });
});

describe('static members', () => {
  const i1 = { instanceId: 'i1' };

  test('come back to what they had, without a rebalance', async () => {
    const scene = new Scene();
    scene.topics.set('a', 2);
    await scene.join('m1', ['a'], i1);
    await scene.join('m2', ['a']);
    await scene.beat('m1', 2);
    await scene.beat('m1', 2, { topicPartitions: scene.partitions({ a: [0] }) });
    await scene.beat('m2', 3);

    expect(await scene.beat('m1', -2, i1)).toMatchObject({ memberEpoch: -2, assignment: null });
    expect((await scene.beat('m2', 3)).assignment).toBeNull();
    const back = await scene.join('m3', ['a'], i1);
    expect(back).toMatchObject({ memberId: 'm3', memberEpoch: 3 });
    expect(scene.assigned(back)).toEqual({ a: [0] });
    expect(scene.group.groupEpoch).toBe(3);
    expect(scene.group.members.map(({ id }) => id).sort()).toEqual(['m2', 'm3']);
    expect(await failure(scene.beat('m1', 3, i1))).toBe('FENCED_INSTANCE_ID');
    expect(await failure(scene.beat('m1', -1, i1))).toBe('FENCED_INSTANCE_ID');
  });

  test('are not replaced while they are there', async () => {
    const scene = new Scene();
    await scene.join('m1', ['a'], i1);
    expect(await failure(scene.join('m2', ['a'], i1))).toBe('UNRELEASED_INSTANCE_ID');
    expect(await failure(scene.beat('m2', 2, i1))).toBe('FENCED_INSTANCE_ID');
    expect(await failure(scene.join('m1', ['a'], i1))).toBe('answered');
  });

  test('who do not come back in time are out', async () => {
    const scene = new Scene();
    scene.topics.set('a', 1);
    await scene.join('m1', ['a'], i1);
    await scene.beat('m1', -2, i1);
    await scene.clock.advance(45_001);
    expect(scene.group.state).toBe('Empty');
    expect(scene.assigned(await scene.join('m2', ['a'], i1))).toEqual({ a: [0] });
  });

  test('who leave for good are out at once', async () => {
    const scene = new Scene();
    await scene.join('m1', ['a'], i1);
    await scene.beat('m1', -1, i1);
    expect(scene.group.state).toBe('Empty');
    expect(await failure(scene.join('m2', ['a'], i1))).toBe('answered');
  });
});

describe('subscriptions', () => {
  test('by pattern mean what matches as a whole, and follow the topics', async () => {
    const scene = new Scene();
    scene.topics.set('orders.eu', 1);
    scene.topics.set('old-orders.eu', 1);
    const answer = await scene.join('m1', [], { subscribedTopicRegex: 'orders\\..*' });
    expect(scene.assigned(answer)).toEqual({ 'orders.eu': [0] });
    scene.topics.set('orders.us', 2);
    scene.group.topicsChanged();
    const later = await scene.beat('m1', 2);
    expect(later.memberEpoch).toBe(3);
    expect(scene.assigned(later)).toEqual({ 'orders.eu': [0], 'orders.us': [0, 1] });
  });

  test('that change take away what is not subscribed to any more at once', async () => {
    const scene = new Scene({ assignmentIntervalMs: 1_000 });
    scene.topics.set('a', 1);
    scene.topics.set('b', 1);
    await scene.join('m1', ['a']);
    const told = await scene.beat('m1', 2, { subscribedTopicNames: ['b'] });
    expect(told.memberEpoch).toBe(2);
    expect(scene.assigned(told)).toEqual({});
    expect(scene.group.state).toBe('Assigning');
    await scene.clock.advance(1_000);
    const acknowledged = await scene.beat('m1', 2, { topicPartitions: [] });
    expect(acknowledged.memberEpoch).toBe(3);
    expect(scene.assigned(acknowledged)).toEqual({ b: [0] });
  });

  test('make no new epoch when nothing has changed', async () => {
    const scene = new Scene();
    scene.topics.set('a', 1);
    await scene.join('m1', ['a']);
    scene.topics.set('other', 1);
    scene.group.topicsChanged();
    expect(await scene.beat('m1', 2, { subscribedTopicNames: ['a'] })).toMatchObject({
      memberEpoch: 2,
      assignment: null,
    });
  });

  test('see partitions that are added, and topics that are gone', async () => {
    const scene = new Scene();
    scene.topics.set('a', 1);
    scene.topics.set('b', 1);
    await scene.join('m1', ['a', 'b']);
    scene.topics.set('a', 2);
    scene.topics.delete('b');
    scene.group.topicsChanged();
    expect(scene.assigned(await scene.beat('m1', 2))).toEqual({ a: [0] });
    expect(scene.assigned(await scene.beat('m1', 2, { topicPartitions: scene.partitions({ a: [0] }) }))).toEqual({
      a: [0, 1],
    });
  });
});

describe('assignors', () => {
  test('are those that most members ask for', async () => {
    const scene = new Scene();
    scene.topics.set('a', 1);
    await scene.join('m1', ['a']);
    expect(scene.group.assignorName).toBe('uniform');
    await scene.join('m2', ['a'], { serverAssignor: 'range' });
    expect(scene.group.assignorName).toBe('range');
    await scene.join('m3', ['a'], { serverAssignor: 'uniform' });
    await scene.join('m4', ['a'], { serverAssignor: 'uniform' });
    expect(scene.group.assignorName).toBe('uniform');
  });

  test('are asked once for members who come together', async () => {
    const scene = new Scene({ assignmentIntervalMs: 1_000 });
    scene.topics.set('a', 3);
    await scene.join('m1', ['a']);
    await scene.clock.advance(500);
    expect(await scene.join('m2', ['a'])).toMatchObject({ memberEpoch: 2, assignment: [] });
    expect(await scene.join('m3', ['a'])).toMatchObject({ memberEpoch: 2, assignment: [] });
    expect(scene.group.state).toBe('Assigning');
    await scene.clock.advance(500);
    expect(scene.group.targetEpoch).toBe(4);
    expect(scene.assigned(await scene.beat('m1', 2))).toEqual({ a: [0] });
  });
});

describe('durability', () => {
  test('heartbeats that change nothing write nothing', async () => {
    const scene = new Scene();
    await scene.join('m1', ['a']);
    const saves = scene.saves;
    for (let beat = 0; beat < 10; beat += 1) await scene.beat('m1', 2);
    expect(scene.saves).toBe(saves);
  });

  test('many changes at once are few writes', async () => {
    const scene = new Scene();
    scene.holdSaves();
    const answers = Array.from({ length: 50 }, (_, index) => scene.join(`m${index}`, ['a']));
    scene.releaseSaves();
    await Promise.all(answers);
    expect(scene.saves).toBe(2);
  });

  test('a change that could not be stored is stored with the next heartbeat', async () => {
    const scene = new Scene();
    scene.topics.set('a', 1);
    scene.holdSaves();
    const answer = failure(scene.join('m1', ['a']));
    scene.failSaves();
    expect(await answer).toBe('COORDINATOR_NOT_AVAILABLE');
    expect(scene.assigned(await scene.join('m1', ['a']))).toEqual({ a: [0] });
    scene.failOver();
    expect(await scene.beat('m1', 2)).toMatchObject({ memberEpoch: 2, assignment: null });
  });

  test('another coordinator knows what members were told, and gives them a session', async () => {
    const scene = new Scene();
    scene.topics.set('a', 2);
    await scene.join('m1', ['a'], { rebalanceTimeoutMs: 10_000 });
    await scene.join('m2', ['a']);
    await scene.beat('m1', 2);
    scene.failOver();
    expect(scene.group.state).toBe('Reconciling');
    expect((await scene.beat('m2', 3)).assignment).toBeNull();
    await scene.clock.advance(10_001);
    expect(scene.assigned(await scene.beat('m2', 3))).toEqual({ a: [0, 1] });
    await scene.clock.advance(45_001);
    expect(scene.group.state).toBe('Empty');
  });

  test('another coordinator sees that topics have changed meanwhile', async () => {
    const scene = new Scene();
    scene.topics.set('a', 1);
    await scene.join('m1', ['a']);
    scene.topics.set('a', 2);
    scene.failOver();
    expect(scene.assigned(await scene.beat('m1', 2))).toEqual({ a: [0, 1] });
  });
});

test('a group that has ended sends everybody away', async () => {
  const scene = new Scene();
  await scene.join('m1', ['a']);
  scene.group.stop(ErrorCode.COORDINATOR_NOT_AVAILABLE);
  expect(scene.group.state).toBe('Dead');
  expect(await failure(scene.beat('m1', 2))).toBe(errorName(ErrorCode.COORDINATOR_NOT_AVAILABLE));
});
