import { once } from 'node:events';
import { connect } from 'node:net';
import { fileURLToPath } from 'node:url';
import { credentials, loadPackageDefinition, status, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Global, Module } from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { ConfigModule } from '../config/config.module.js';
import { loadConfig } from '../config/load-config.js';
import { VERSION } from '../config/version.js';
import { HealthModule } from '../health/health.module.js';
import { Readiness } from '../health/readiness.js';
import { PartitionLogs } from '../log/partition-logs.js';
import { silentLogger } from '../logging/logger.js';
import { LoggingModule } from '../logging/logging.module.js';
import { MetricsModule } from '../metrics/metrics.module.js';
import { MemoryObjectStore } from '../storage/memory-object-store.js';
import { StorageModule } from '../storage/storage.module.js';
import { freePort } from '../../test/support/ports.js';
import { ControlListeners } from './control-listeners.js';
import { ControlServer } from './control-server.js';
import { ControlModule } from './control.module.js';

const orders = { logStartOffset: 1, logEndOffset: 9, highWatermark: 7 };
let flushes = 0;
const logs = {
  all: () => [0, 1].map((partition) => ({ topicName: 'orders', partition, ...orders })),
  flush: () => {
    flushes += 1;
    return Promise.resolve();
  },
};

@Global()
@Module({ providers: [{ provide: PartitionLogs, useValue: logs }], exports: [PartitionLogs] })
class FakeLogModule {}

const definition = loadSync(fileURLToPath(new URL('../../proto/control.proto', import.meta.url)), { longs: Number });
type Call = (request: object, callback: (error: ServiceError | null, response: object) => void) => void;
interface Services {
  kafscale: { control: Record<'BrokerControl' | 'AssignmentStream', new (...args: unknown[]) => Record<string, Call>> };
}
const services = (loadPackageDefinition(definition) as unknown as Services).kafscale.control;

async function start(separateGrpcPort: boolean) {
  const [httpPort, grpcPort] = [await freePort(), await freePort()];
  const { config } = loadConfig({ environment: { KAFSCALE_BROKER_ID: '4' } });
  const testing = await Test.createTestingModule({
    imports: [
      ConfigModule.with(config),
      LoggingModule.with(silentLogger),
      MetricsModule,
      HealthModule,
      StorageModule.with({ objects: new MemoryObjectStore(), replica: undefined }, config),
      FakeLogModule,
      ControlModule,
    ],
  }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  app.connectMicroservice({ strategy: app.get(ControlServer) });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  await app.startAllMicroservices();
  const listeners = app.get(ControlListeners);
  await listeners.listen({
    http: { host: '127.0.0.1', port: httpPort },
    grpc: separateGrpcPort ? { host: '127.0.0.1', port: grpcPort } : undefined,
  });
  const rpcPort = separateGrpcPort ? grpcPort : httpPort;
  const client = new services.BrokerControl(`127.0.0.1:${rpcPort}`, credentials.createInsecure());
  const call = (method: string, request: object) =>
    new Promise<object>((resolve, reject) => {
      client[method]!.call(client, request, (error, response) => (error ? reject(error) : resolve(response)));
    });
  const stop = async () => {
    (client as unknown as { close(): void }).close();
    await listeners.close();
    await app.close();
  };
  return { httpPort, rpcPort, call, stop, readiness: app.get(Readiness) };
}

describe.each([
  ['one port for HTTP and gRPC', false],
  ['a port of its own for gRPC', true],
])('%s', (_title, separateGrpcPort) => {
  let broker: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    broker = await start(separateGrpcPort);
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

  test('GetStatus tells what the broker serves', async () => {
    broker.readiness.serving();
    expect((await get('/readyz')).status).toBe(200);
    expect((await get('/health')).status).toBe(200);
    expect(await broker.call('GetStatus', {})).toMatchObject({
      brokerId: '4',
      version: VERSION,
      ready: true,
      partitions: [{ topic: 'orders', partition: 0, ...orders, leader: true, state: 'online' }, { partition: 1 }],
    });
  });

  test('TriggerFlush names what it has flushed', async () => {
    const before = flushes;
    const asked = {
      partitions: [
        { topic: 'orders', partition: 1 },
        { topic: 'other', partition: 0 },
      ],
    };
    expect(await broker.call('TriggerFlush', asked)).toEqual({ flushed: [{ topic: 'orders', partition: 1 }] });
    expect(await broker.call('TriggerFlush', { allAssigned: true })).toMatchObject({ flushed: [{}, {}] });
    expect(flushes).toBe(before + 2);
  });

  test('calls that are not served are UNIMPLEMENTED', async () => {
    await expect(broker.call('DrainPartitions', {})).rejects.toMatchObject({ code: status.UNIMPLEMENTED });
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
