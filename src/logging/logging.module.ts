import { Global, Module, type DynamicModule } from '@nestjs/common';
import type { Logger } from './logger.js';

/** Injection token of the {@link Logger}. */
export const LOGGER = Symbol('Logger');

/** Gives every module the logger that was made before the application. */
@Global()
@Module({})
export class LoggingModule {
  static with(logger: Logger): DynamicModule {
    return { module: LoggingModule, providers: [{ provide: LOGGER, useValue: logger }], exports: [LOGGER] };
  }
}
