import { once } from 'node:events';
import { connect } from 'node:net';
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { VERSION } from '../config/version.js';
import type { PartitionLog } from '../log/partition-log.js';
import { startControlServices } from '../../test/support/control-kit.js';

const offsets = { logStartOffset: 1, logEndOffset: 9, highWatermark: 7 };
const open = [0, 1, 5].map(
  (partition) =>
    ({
      topicName: 'orders',
      partition,
      leaderEpoch: 3,
      isLeading: partition !== 1,
      isSealed: partition === 5,
      ...offsets,
    }) as unknown as PartitionLog,
);
let flushes = 0;
let flushProblem: Error | undefined;
const logs = {
  all: () => open,
  opening: () =>
    [2, 3].map((partition) => ({ topicName: 'orders', topicId: 'x', partition, hasFailed: partition === 3 })),
  flush: () => {
    flushes += 1;
    return flushProblem === undefined ? Promise.resolve() : Promise.reject(flushProblem);
  },
};
const view = { selfId: 4 };
const session = {
  incarnationId: 'live',
  isDraining: false,
  drain: () => Promise.resolve({ drained: [], pending: [] }),
  undrain: () => Promise.resolve(),
};
const given = (partition: number) => ({ topicName: 'orders', partition, brokerId: 4, epoch: 3 });
const mirror = {
  assignment: () => undefined,
  assignedTo: (incarnationId: string) =>
    incarnationId === 'live'
      ? [5, 4, 3, 2, 1, 0].map((partition) => ({
          ...given(partition),
          incarnationId,
          moveTo: undefined,
          isClaimed: false,
        }))
      : [],
};

describe.each([
  ['one port for HTTP and gRPC', false],
  ['a port of its own for gRPC', true],
])('%s', (_title, separateGrpcPort) => {
  let broker: Awaited<ReturnType<typeof startControlServices>>;
  beforeAll(async () => {
    broker = await startControlServices({ logs, view, session, mirror, separateGrpcPort });
  });
  afterAll(() => broker.stop());

  const get = (path: string) => fetch(`http://127.0.0.1:${broker.httpPort}${path}`);

  test('serves probes and metrics', async () => {
    expect((await get('/livez')).status).toBe(200);
    const notReady = await get('/readyz');
    expect(notReady.status).toBe(503);
    expect(await notReady.json()).toMatchObject({ problems: ['starting: clients cannot connect yet'] });
    const metrics = await get('/metrics');
    expect(metrics.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await metrics.text()).toContain('kafscale_produce_requests_total 0');
  });

  test('GetStatus tells why a broker is not ready', async () => {
    expect(await broker.client.getStatus()).toMatchObject({
      ready: false,
      problems: ['starting: clients cannot connect yet'],
    });
  });

  test('GetStatus tells what has become of every partition that was given to the broker', async () => {
    broker.readiness.serving();
    expect((await get('/readyz')).status).toBe(200);
    expect((await get('/health')).status).toBe(200);
    const none = { logStartOffset: 0, logEndOffset: 0, highWatermark: 0 };
    const named = { topic: 'orders', leaderEpoch: 3 };
    expect(await broker.client.getStatus()).toEqual({
      brokerId: '4',
      version: VERSION,
      ready: true,
      problems: [],
      draining: false,
      partitions: [
        { ...named, partition: 0, ...offsets, leader: true, state: 'online' },
        { ...named, partition: 1, ...offsets, leader: false, state: 'assigned' },
        { ...named, partition: 2, ...none, leader: false, state: 'opening' },
        { ...named, partition: 3, ...none, leader: false, state: 'failed' },
        { ...named, partition: 4, ...none, leader: false, state: 'assigned' },
        { ...named, partition: 5, ...offsets, leader: false, state: 'releasing' },
      ],
    });
  });

  test('TriggerFlush names what it has flushed', async () => {
    const before = flushes;
    const partitions = [
      { topic: 'orders', partition: 1 },
      { topic: 'other', partition: 0 },
    ];
    expect(await broker.client.triggerFlush({ partitions })).toEqual({
      flushed: [{ topic: 'orders', partition: 1 }],
    });
    expect(await broker.client.triggerFlush({ allAssigned: true })).toMatchObject({ flushed: [{}, {}, {}] });
    expect(flushes).toBe(before + 2);
  });

  test('TriggerFlush that commits nothing is UNAVAILABLE', async () => {
    flushProblem = new Error('the lease is gone');
    await expect(broker.client.triggerFlush({ allAssigned: true })).rejects.toMatchObject({
      code: status.UNAVAILABLE,
      details: expect.stringContaining('the lease is gone') as unknown,
    });
    flushProblem = undefined;
  });

  test('a preface in pieces is understood', async () => {
    const socket = connect(broker.rpcPort, '127.0.0.1');
    await once(socket, 'connect');
    socket.setNoDelay(true);
    const settings = Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]);
    const bytes = Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), settings]);
    for (const byte of bytes) await new Promise((resolve) => socket.write(Buffer.of(byte), resolve));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer[3]).toBe(4);
    socket.destroy();
  });

  test('a request line in pieces is understood', async () => {
    const socket = connect(broker.httpPort, '127.0.0.1');
    await once(socket, 'connect');
    socket.setNoDelay(true);
    const request = 'POST /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    for (const letter of request) await new Promise((resolve) => socket.write(letter, resolve));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 404/);
    socket.destroy();
  });

  test('sockets that end or fail before they say anything do no harm', async () => {
    for (const end of [
      (s: ReturnType<typeof connect>) => s.end(),
      (s: ReturnType<typeof connect>) => s.resetAndDestroy(),
    ]) {
      const socket = connect(broker.httpPort, '127.0.0.1');
      socket.on('error', () => undefined);
      await once(socket, 'connect');
      const closed = once(socket, 'close');
      end(socket);
      socket.resume();
      await closed;
    }
    expect((await get('/livez')).status).toBe(200);
  });
});
