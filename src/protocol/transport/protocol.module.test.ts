import { Global, Module } from '@nestjs/common';
import type { CustomStrategy } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { WireClient } from '../../../test/support/wire-client.js';
import { silentLogger } from '../../logging/logger.js';
import { LoggingModule } from '../../logging/logging.module.js';
import { AdminMetrics } from '../../metrics/admin-metrics.js';
import { ConnectionMetrics } from '../../metrics/connection-metrics.js';
import { RequestMetrics } from '../../metrics/request-metrics.js';
import { systemClock } from '../../time/clock.js';
import { ErrorCode } from '../errors.js';
import { ApiVersions, FindCoordinator } from '../schema/index.js';
import { KafkaApi, type KafkaApiHandler } from './handler.js';
import { HandlerTable } from './handler-table.js';
import { KafkaServer } from './kafka-server.js';
import { ProtocolModule } from './protocol.module.js';

@KafkaApi(ApiVersions)
class ApiVersionsHandler implements KafkaApiHandler<typeof ApiVersions> {
  constructor(private readonly table: HandlerTable) {}

  handle() {
    return { errorCode: ErrorCode.NONE, apiKeys: this.table.advertised() };
  }

  errorResponse(_request: object, errorCode: ErrorCode) {
    return { errorCode, apiKeys: [] };
  }
}

@KafkaApi(FindCoordinator)
class FindCoordinatorHandler implements KafkaApiHandler<typeof FindCoordinator> {
  constructor(private readonly host: string) {}

  handle() {
    return { nodeId: 0, host: this.host, port: 9092 };
  }

  errorResponse(_request: object, errorCode: ErrorCode) {
    return { errorCode };
  }
}

const options = {
  host: '127.0.0.1',
  port: 0,
  maxConnections: 10,
  maxBufferBytes: 1 << 20,
  drainTimeoutMs: 1000,
  traceRequests: false,
};

const registry = new Registry();

@Global()
@Module({
  providers: [
    { provide: RequestMetrics, useValue: new RequestMetrics(registry, new AdminMetrics(registry), systemClock) },
    { provide: ConnectionMetrics, useValue: new ConnectionMetrics(registry) },
  ],
  exports: [RequestMetrics, ConnectionMetrics],
})
class CountingModule {}

@Module({
  imports: [CountingModule, LoggingModule.with(silentLogger), ProtocolModule.with(options)],
  providers: [
    ApiVersionsHandler,
    { provide: FindCoordinatorHandler, useFactory: () => new FindCoordinatorHandler('broker') },
  ],
})
class ApplicationModule {}

test('an application serves the APIs whose handlers it provides, as classes or by factories', async () => {
  const module = await Test.createTestingModule({ imports: [ApplicationModule] }).compile();
  const application = module.createNestApplication(new FastifyAdapter());
  application.connectMicroservice<CustomStrategy>({ strategy: module.get(KafkaServer) });
  await application.init();
  await application.startAllMicroservices();
  const { port } = module.get(KafkaServer).address;
  const client = await WireClient.connect(`127.0.0.1:${port}`);
  const { apiKeys } = await client.send(ApiVersions, 0, {});
  expect(apiKeys.map(({ apiKey }) => apiKey)).toEqual([FindCoordinator.key, ApiVersions.key]);
  expect(await client.send(FindCoordinator, 0, { key: 'group' })).toMatchObject({ host: 'broker', port: 9092 });
  await application.close();
  await client.closedByBroker();
});
