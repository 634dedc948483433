import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { DrainRequest, DrainResult } from '../cluster/broker-session.js';
import type { MirroredAssignment } from '../cluster/cluster-mirror.js';
import type { Topic } from '../metadata/topic.js';
import { startControlServices } from '../../test/support/control-kit.js';

const logs = { all: () => [], opening: () => [], flush: () => Promise.resolve() };
const view = { selfId: 4 };
const topic: Topic = {
  name: 'orders',
  id: 'orders-id',
  partitionCount: 4,
  replicationFactor: 1,
  configs: new Map(),
  createdAt: '2026-01-02T03:04:05.000Z',
};
/** Partitions 0 and 1 are this broker's, 2 is another's, 3 was released. */
const leaders = [
  [4, 'own'],
  [4, 'own'],
  [7, 'of another'],
  [4, ''],
] as const;

function assignmentOf(topicName: string, partition: number): MirroredAssignment | undefined {
  const leader = leaders[partition];
  if (leader === undefined) return undefined;
  const [brokerId, incarnationId] = leader;
  return { topicName, partition, brokerId, incarnationId, epoch: 1, moveTo: undefined, isClaimed: true };
}

const idOf = (partition: number) => ({ topicName: 'orders', topicId: 'orders-id', partition });
const refOf = (partition: number) => ({ topic: 'orders', partition });

let asked: DrainRequest[];
let result: DrainResult;
const session = {
  incarnationId: 'own',
  isDraining: false,
  drain: (request: DrainRequest) => {
    asked.push(request);
    if (request.partitions === undefined) session.isDraining = true;
    return Promise.resolve(result);
  },
  undrain: () => {
    session.isDraining = false;
    return Promise.resolve();
  },
};

describe('drains', () => {
  let broker: Awaited<ReturnType<typeof startControlServices>>;
  const drain = (request: { partitions?: { topic: string; partition: number }[]; deadlineSeconds?: number }) =>
    broker.client.drainPartitions(request, 10_000);
  beforeAll(async () => {
    broker = await startControlServices({
      ...{ logs, view, session },
      mirror: { assignment: assignmentOf, assignedTo: () => [] },
      topics: { get: (name) => (name === topic.name ? topic : undefined) },
      environment: { KAFSCALE_BROKER_ID: '4', KAFSCALE_DRAIN_TIMEOUT_SEC: '21' },
    });
  });
  afterAll(() => broker.stop());
  beforeEach(() => {
    asked = [];
    result = { drained: [], pending: [] };
  });

  test('of everything, until it is undrained', async () => {
    result = { drained: [idOf(0), idOf(1)], pending: [] };
    expect(await drain({})).toEqual({ drained: [refOf(0), refOf(1)], pending: [] });
    expect(asked).toEqual([{ deadlineMs: 21_000 }]);
    expect(await broker.client.getStatus()).toMatchObject({ draining: true });
    await broker.client.undrainBroker();
    expect(await broker.client.getStatus()).toMatchObject({ draining: false });
  });

  test('of some partitions, each once; with what is pending at the deadline', async () => {
    result = { drained: [idOf(1)], pending: [idOf(0)] };
    const answer = await drain({ partitions: [refOf(1), refOf(0), refOf(1)], deadlineSeconds: 3 });
    expect(answer).toEqual({ drained: [refOf(1)], pending: [refOf(0)] });
    expect(asked).toEqual([{ deadlineMs: 3000, partitions: [idOf(1), idOf(0)] }]);
  });

  test.each([
    ['another topic', { partitions: [{ topic: 'other', partition: 0 }] }, status.NOT_FOUND, 'no partition other:0'],
    ['a number that is too high', { partitions: [refOf(0), refOf(4)] }, status.NOT_FOUND, 'no partition orders:4'],
    ['a negative number', { partitions: [refOf(-1)] }, status.NOT_FOUND, 'no partition orders:-1'],
    [
      "another broker's partition",
      { partitions: [refOf(2)] },
      status.INVALID_ARGUMENT,
      'broker 4 does not lead orders:2, which is led by broker 7',
    ],
    ['one without a leader', { partitions: [refOf(3)] }, status.INVALID_ARGUMENT, 'which has no leader'],
    ['a negative deadline', { deadlineSeconds: -1 }, status.INVALID_ARGUMENT, 'deadline_seconds is -1'],
    ['a deadline too far off', { deadlineSeconds: 3601 }, status.INVALID_ARGUMENT, 'allowed is 0 to 3600'],
  ])('are refused, and nothing is begun: %s', async (_title, request, code, why) => {
    await expect(drain(request)).rejects.toMatchObject({ code, details: expect.stringContaining(why) as unknown });
    expect(asked).toEqual([]);
  });
});

test('drains and undrains ask for the control token', async () => {
  const broker = await startControlServices({ logs, view, environment: { KAFSCALE_CONTROL_TOKEN: 'open-sesame' } });
  const unauthenticated = { code: status.UNAUTHENTICATED };
  await expect(broker.client.drainPartitions({}, 10_000)).rejects.toMatchObject(unauthenticated);
  await expect(broker.client.undrainBroker()).rejects.toMatchObject(unauthenticated);
  await broker.clientWith({ token: 'open-sesame' }).undrainBroker();
  await broker.stop();
});
