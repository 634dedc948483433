import { expect, test } from '@jest/globals';
import { VirtualClock } from '../../../test/support/virtual-clock.js';
import type { FollowedPartition } from '../../log/followers/followed-partition.js';
import type { ReadableLog } from '../../log/readable-log.js';
import type { Topic } from '../../metadata/topic.js';
import { ReplicaSelection } from './replica-selection.js';

const SELF = 1;
const topic = { id: 'topic-id', name: 'orders', partitionCount: 4 } as Topic;
const followedPartition = {} as FollowedPartition;

/** Brokers 3 and 4 are in rack b; this one is broker 1, in rack a. */
function selection(leader: number | undefined) {
  const clock = new VirtualClock();
  const broker = (id: number, rack: string) => ({ id, rack, host: 'h', port: 1, incarnationId: `i${id}` });
  const inRackB = [broker(3, 'b'), broker(4, 'b')];
  const cluster = {
    selfId: SELF,
    nearReplica: (partition: number, rack: string) => (rack === 'b' ? inRackB[partition % 2] : undefined),
    leaderOf: () => (leader === undefined ? undefined : { brokerId: leader, leaderEpoch: 0 }),
  };
  return { clock, replicas: new ReplicaSelection(cluster, 'a', { follow: () => followedPartition }, clock) };
}

const led = (partition: number) => ({ topicId: topic.id, partition }) as ReadableLog;

test('a client in another rack is sent to a broker there, different partitions to different ones', () => {
  const { replicas } = selection(SELF);
  expect(replicas.preferredReplica(led(0), 'b', 7)).toBe(3);
  expect(replicas.preferredReplica(led(1), 'b', 7)).toBe(4);
});

test('a client stays when it names no rack, or this one, or one without brokers', () => {
  const { replicas } = selection(SELF);
  for (const rack of ['', 'a', 'c']) expect(replicas.preferredReplica(led(0), rack, 7)).toBeUndefined();
});

test('a client that soon comes back is served for a minute, others are not affected', async () => {
  const { replicas, clock } = selection(SELF);
  expect(replicas.preferredReplica(led(0), 'b', 7)).toBe(3);
  await clock.advance(30_000);
  expect(replicas.preferredReplica(led(0), 'b', 7)).toBeUndefined();
  expect(replicas.preferredReplica(led(0), 'b', 8)).toBe(3);
  await clock.advance(30_000);
  expect(replicas.preferredReplica(led(0), 'b', 7)).toBe(3);
});

test('partitions of other brokers are read here by clients in this rack only', () => {
  const { replicas } = selection(3);
  expect(replicas.followedLog(topic, 0, 'a')).toBe(followedPartition);
  for (const rack of ['', 'b']) expect(replicas.followedLog(topic, 0, rack)).toBeUndefined();
  expect(replicas.followedLog(topic, 4, 'a')).toBeUndefined();
});

test('what is committed can be read while nobody leads the partition, but not while this broker opens it', () => {
  expect(selection(undefined).replicas.followedLog(topic, 0, 'a')).toBeDefined();
  expect(selection(SELF).replicas.followedLog(topic, 0, 'a')).toBeUndefined();
});
