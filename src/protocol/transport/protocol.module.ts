import { type DynamicModule, Module, type OnModuleInit } from '@nestjs/common';
import { DiscoveryModule, DiscoveryService, Reflector } from '@nestjs/core';
import type { Logger } from '../../logging/logger.js';
import { LOGGER } from '../../logging/logging.module.js';
import { ConnectionMetrics } from '../../metrics/connection-metrics.js';
import { RequestMetrics } from '../../metrics/request-metrics.js';
import { systemClock } from '../../time/clock.js';
import type { Api } from '../codec/index.js';
import { Dispatcher, type DispatcherOptions } from './dispatcher.js';
import { HandlerTable } from './handler-table.js';
import { KAFKA_API, type KafkaApiHandler } from './handler.js';
import { KafkaServer, type KafkaServerOptions } from './kafka-server.js';

/**
 * The Kafka listener. Finds every class marked with `@KafkaApi` in the application when modules are initialised, so
 * the application must be initialised before it listens.
 */
@Module({ imports: [DiscoveryModule], providers: [HandlerTable], exports: [HandlerTable] })
export class ProtocolModule implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly reflector: Reflector,
    private readonly handlers: HandlerTable,
  ) {}

  static with(options: KafkaServerOptions & DispatcherOptions): DynamicModule {
    const server = {
      provide: KafkaServer,
      inject: [HandlerTable, LOGGER, RequestMetrics, ConnectionMetrics],
      useFactory: (
        handlers: HandlerTable,
        logger: Logger,
        requests: RequestMetrics,
        connections: ConnectionMetrics,
      ) => {
        const dispatcher = new Dispatcher(handlers, systemClock, logger, options, requests);
        return new KafkaServer(dispatcher, options, logger, systemClock, connections);
      },
    };
    return { module: ProtocolModule, global: true, providers: [server], exports: [KafkaServer] };
  }

  onModuleInit(): void {
    for (const wrapper of this.discovery.getProviders()) {
      const instance: unknown = wrapper.instance;
      // By its class, not by the provider's: a factory's metadata says nothing about what it makes.
      if (typeof instance !== 'object' || instance === null) continue;
      const api = this.reflector.get<Api | undefined>(KAFKA_API, instance.constructor);
      if (api !== undefined) this.handlers.register(api, instance as KafkaApiHandler<Api>);
    }
  }
}
