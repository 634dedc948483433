import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import type { Registry } from 'prom-client';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { BrokerModule } from './broker.module.js';
import { BrokerSession } from './cluster/broker-session.js';
import { ClusterView } from './cluster/cluster-view.js';
import { Controller } from './cluster/controller/controller.js';
import { FormatLevelWatch } from './cluster/format-level-watch.js';
import { GroupSlots } from './cluster/group-slots.js';
import type { BrokerConfig } from './config/broker-config.js';
import { ControlServer } from './control/control-server.js';
import { httpSocketServer } from './control/control.module.js';
import { GroupDirectory } from './groups/group-directory.js';
import { OffsetExpiry } from './groups/offset-expiry.js';
import { layFoundation, removeFoundation, type Foundation } from './foundation.js';
import { Readiness } from './health/readiness.js';
import { Compactor } from './log/compaction/compactor.js';
import { Janitor } from './log/cleanup/janitor.js';
import { Scrubber } from './log/scrub/scrubber.js';
import { FollowedLogs } from './log/followers/followed-logs.js';
import type { Logger } from './logging/logger.js';
import { NestLogger } from './logging/nest-logger.js';
import { GroupConfigs } from './metadata/group-configs.js';
import { TopicCatalogue } from './metadata/topic-catalogue.js';
import { TopicDefaults } from './metadata/topic-defaults.js';
import { showBroker } from './show-broker.js';
import { MarkKeeper } from './recovery/mark-keeper.js';
import { openStores, type Stores } from './open-stores.js';
import { KafkaServer } from './protocol/transport/index.js';
import { HealthProber } from './storage/health/health-prober.js';
import { STORE_PROBE, type StoreProbe } from './storage/storage.module.js';
import { systemClock } from './time/clock.js';
import { verifyStores } from './verify-stores.js';

/** A running broker. The order in which its parts start and stop is here and nowhere else. */
export class Broker {
  private constructor(
    private readonly app: NestFastifyApplication,
    private readonly stores: Stores,
    private readonly foundation: Foundation,
    private readonly drainMs: number,
  ) {}

  /**
   * Starts a broker. Resolves when clients can connect.
   *
   * @param signal gives up early, while the stores cannot be reached
   * @throws StoreUnavailableError when a store cannot be opened or reached within the startup timeout
   * @throws UnsupportedFormatLevelError when this version cannot be in the cluster
   * @throws MetadataMismatchError when the metadata store is not that of the bucket, or an older copy of it
   * @throws the system's error when an address cannot be bound
   */
  static async start(config: BrokerConfig, logger: Logger, signal: AbortSignal): Promise<Broker> {
    const foundation = await layFoundation(config, logger);
    let stores: Stores;
    try {
      stores = await openVerified(config, foundation, logger, signal);
    } catch (error) {
      await removeFoundation(foundation);
      throw error;
    }
    const app = await NestFactory.create<NestFastifyApplication>(
      BrokerModule.with(config, logger, stores, foundation),
      new FastifyAdapter(),
      { logger: new NestLogger(logger), abortOnError: false },
    );
    const broker = new Broker(app, stores, foundation, config.drainTimeoutMs / 2);
    try {
      await broker.serveProbes(config);
      await broker.serveClients(config, logger);
      return broker;
    } catch (error) {
      await broker.stop();
      throw error;
    }
  }

  /** Rejects when this process may not go on as this broker, because another has taken its place, say. Never resolves. */
  get failed(): Promise<never> {
    return this.app.get(BrokerSession).failed;
  }

  /**
   * Stops: gives up all that it leads, for half of the drain timeout at most, while clients find out who leads it then;
   * takes no request any more, answers those that were accepted, commits what they wrote, and leaves the cluster.
   * Idempotent.
   */
  async stop(): Promise<void> {
    this.app.get(Readiness).stopping();
    await this.app.get(BrokerSession).drain({ deadlineMs: this.drainMs });
    const clientsGone = this.app.get(KafkaServer).close();
    // Who waits for a rebalance is sent away; offsets that are being committed are.
    this.app.get(OffsetExpiry).stop();
    await this.app.get(MarkKeeper).stop();
    this.app.get(GroupDirectory).close();
    // What it has under way is done by whoever leads the partitions next.
    this.app.get(Compactor).abandon('the broker is stopping');
    // What was accepted is answered when it is committed: now, not when the write budget allows it.
    await this.app.get(BrokerSession).flush();
    await clientsGone;
    await this.app.get(BrokerSession).stop();
    this.app.get(FollowedLogs).close();
    await this.app.get(Controller).close();
    this.app.get(ClusterView).close();
    this.app.get(GroupSlots).close();
    this.app.get(FormatLevelWatch).close();
    this.app.get(TopicCatalogue).close();
    this.app.get(TopicDefaults).close();
    this.app.get(GroupConfigs).close();
    await this.foundation.listeners.close();
    this.app.get(HealthProber).stop();
    await this.app.close();
    await closeStores(this.stores);
    await removeFoundation(this.foundation);
  }

  /** What is measured of this broker. */
  get registry(): Registry {
    return this.foundation.metrics.registry;
  }

  /** HTTP and gRPC first: whoever watches the broker sees how its start goes on. */
  private async serveProbes(config: BrokerConfig): Promise<void> {
    const { app } = this;
    const control = app.connectMicroservice({ strategy: app.get(ControlServer) });
    await app.init();
    showBroker(app, config);
    await app.getHttpAdapter().getInstance().ready();
    await control.listen();
    this.foundation.listeners.serveWith(httpSocketServer(app.get(HttpAdapterHost)), app.get(ControlServer));
  }

  private async serveClients(config: BrokerConfig, logger: Logger): Promise<void> {
    const { app } = this;
    const [view, session] = [app.get(ClusterView), app.get(BrokerSession)];
    session.onOpened(() => view.notify());
    session.attach(app.get(Controller));
    session.attach(app.get(GroupDirectory));
    session.attach(app.get(Compactor));
    session.attach(app.get(Janitor));
    session.attach(app.get(Scrubber));
    await app.get(FormatLevelWatch).start();
    await app.get(TopicCatalogue).start();
    await app.get(TopicDefaults).start();
    await app.get(GroupConfigs).start();
    await view.start();
    await app.get(GroupSlots).start();
    await session.start();
    const server = app.get(KafkaServer);
    await app.connectMicroservice({ strategy: server }).listen();
    app.get(OffsetExpiry).start();
    app.get(MarkKeeper).start();
    this.declareReady();
    logger.info(
      {
        event: 'broker_ready',
        kafka: config.listeners.kafka,
        http: config.listeners.http,
        advertised: config.advertised,
      },
      'clients can connect',
    );
  }

  private declareReady(): void {
    const readiness = this.app.get(Readiness);
    const session = this.app.get(BrokerSession);
    readiness.require({ name: 'object store', check: this.app.get<StoreProbe>(STORE_PROBE) });
    readiness.require({ name: 'metadata store', check: () => this.stores.metadata.check() });
    readiness.require({ name: 'cluster membership', check: () => requireMember(session), isLocal: true });
    readiness.serving();
  }
}

/** Throws as {@link Broker.start}. */
async function openVerified(
  config: BrokerConfig,
  { metrics, readiness }: Foundation,
  logger: Logger,
  signal: AbortSignal,
): Promise<Stores> {
  const stores = await openStores(config, systemClock, logger, signal, {
    metadata: metrics.metadata,
    waitingFor: (store, problem) => readiness.waitingFor(store, problem),
    arrived: (store) => readiness.arrived(store),
  });
  try {
    await verifyStores(config, stores, signal);
    return stores;
  } catch (error) {
    await closeStores(stores);
    throw error;
  }
}

function closeStores({ objects, replica, metadata }: Stores): Promise<unknown> {
  return Promise.all([objects.close(), replica?.close(), metadata.close()]);
}

function requireMember(session: BrokerSession): Promise<void> {
  if (session.isDraining) return Promise.reject(new Error('drained: it gives up everything and takes nothing'));
  return session.isLive ? Promise.resolve() : Promise.reject(new Error('no live incarnation at the moment'));
}
