import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { BrokerConfig } from './broker-config.js';

/** Injection token of the {@link BrokerConfig}. */
export const BROKER_CONFIG = Symbol('BrokerConfig');

/** Gives every module the configuration that was checked before the application was made. */
@Global()
@Module({})
export class ConfigModule {
  static with(config: BrokerConfig): DynamicModule {
    return {
      module: ConfigModule,
      providers: [{ provide: BROKER_CONFIG, useValue: config }],
      exports: [BROKER_CONFIG],
    };
  }
}
