import { Global, Module } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { BrokerSession } from '../../src/cluster/broker-session.js';
import { ClusterMirror } from '../../src/cluster/cluster-mirror.js';
import { ClusterView } from '../../src/cluster/cluster-view.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { loadConfig } from '../../src/config/load-config.js';
import { AssignmentMirror } from '../../src/control/assignment-mirror.js';
import { ControlClient, type ControlEndpoint } from '../../src/control/control-client.js';
import { ControlListeners } from '../../src/control/control-listeners.js';
import { ControlServer } from '../../src/control/control-server.js';
import { ControlModule, httpSocketServer } from '../../src/control/control.module.js';
import { HealthModule } from '../../src/health/health.module.js';
import { Readiness } from '../../src/health/readiness.js';
import { PartitionLogs } from '../../src/log/partition-logs.js';
import { silentLogger } from '../../src/logging/logger.js';
import { LoggingModule } from '../../src/logging/logging.module.js';
import { EmbeddedMetadataStore } from '../../src/metadata/embedded-metadata-store.js';
import { METADATA_STORE } from '../../src/metadata/metadata.module.js';
import { TopicCatalogue } from '../../src/metadata/topic-catalogue.js';
import { MetricsModule } from '../../src/metrics/metrics.module.js';
import { startProcessMetrics } from '../../src/metrics/process-metrics.js';
import { MemoryObjectStore } from '../../src/storage/memory-object-store.js';
import { StorageModule } from '../../src/storage/storage.module.js';
import { systemClock } from '../../src/time/clock.js';
import { freePorts } from './ports.js';

/** What the control services ask of the rest of the broker, as far as a test wants to say it. */
export interface ControlledBroker {
  readonly logs: Pick<PartitionLogs, 'all' | 'opening' | 'flush'>;
  readonly view: Pick<ClusterView, 'selfId'>;
  readonly session?: Pick<BrokerSession, 'incarnationId' | 'isDraining' | 'drain' | 'undrain'>;
  readonly mirror?: Pick<ClusterMirror, 'assignment' | 'assignedTo'>;
  readonly topics?: Pick<TopicCatalogue, 'get'>;
  /** Settings beside the addresses. */
  readonly environment?: Readonly<Record<string, string>>;
  /** gRPC on a port of its own. */
  readonly separateGrpcPort?: boolean;
}

const NO_SESSION: NonNullable<ControlledBroker['session']> = {
  incarnationId: undefined,
  isDraining: false,
  drain: () => Promise.resolve({ drained: [], pending: [] }),
  undrain: () => Promise.resolve(),
};
const NO_ASSIGNMENTS: NonNullable<ControlledBroker['mirror']> = { assignment: () => undefined, assignedTo: () => [] };

/** The control services and probes of a broker that has nothing else, on free loopback ports. */
export async function startControlServices(broker: ControlledBroker) {
  const { logs, view, environment = {}, separateGrpcPort = false } = broker;
  const [httpPort, grpcPort] = (await freePorts(2)) as [number, number];
  const addresses = {
    KAFSCALE_METRICS_ADDR: `127.0.0.1:${httpPort}`,
    KAFSCALE_CONTROL_ADDR: separateGrpcPort ? `127.0.0.1:${grpcPort}` : '',
  };
  const { config } = loadConfig({ environment: { ...environment, ...addresses } });
  const metadata = EmbeddedMetadataStore.inMemory();

  @Global()
  @Module({
    providers: [
      { provide: PartitionLogs, useValue: logs },
      { provide: ClusterView, useValue: view },
      { provide: METADATA_STORE, useValue: metadata },
      { provide: BrokerSession, useValue: broker.session ?? NO_SESSION },
      { provide: ClusterMirror, useValue: broker.mirror ?? NO_ASSIGNMENTS },
      { provide: TopicCatalogue, useValue: broker.topics ?? { get: () => undefined } },
    ],
    exports: [PartitionLogs, ClusterView, METADATA_STORE, BrokerSession, ClusterMirror, TopicCatalogue],
  })
  class RestOfBroker {}

  const testing = await Test.createTestingModule({
    imports: [
      ConfigModule.with(config),
      LoggingModule.with(silentLogger),
      MetricsModule.with(startProcessMetrics()),
      HealthModule.with(new Readiness(systemClock)),
      StorageModule.with({ objects: new MemoryObjectStore(), replica: undefined }, config),
      RestOfBroker,
      ControlModule,
    ],
  }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
  app.connectMicroservice({ strategy: app.get(ControlServer) });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  await app.startAllMicroservices();
  const listeners = new ControlListeners();
  listeners.serveWith(httpSocketServer(app.get(HttpAdapterHost)), app.get(ControlServer));
  await listeners.listen(config.listeners);
  const rpcPort = separateGrpcPort ? grpcPort : httpPort;
  const clients: ControlClient[] = [];
  const clientWith = (endpoint: Partial<ControlEndpoint> = {}) => {
    const client = new ControlClient({ server: `127.0.0.1:${rpcPort}`, ...endpoint });
    clients.push(client);
    return client;
  };
  const stop = async () => {
    for (const client of clients) client.close();
    await listeners.close();
    await app.close();
    await metadata.close();
  };
  return {
    httpPort,
    rpcPort,
    metadata,
    readiness: app.get(Readiness),
    mirror: app.get(AssignmentMirror),
    client: clientWith(),
    clientWith,
    stop,
  };
}
