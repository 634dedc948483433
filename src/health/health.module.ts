import { Global, Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { HealthController } from './health.controller.js';
import { Readiness } from './readiness.js';

/** `/health`, `/livez` and `/readyz`. Modules tell {@link Readiness} what the broker cannot do without. */
@Global()
@Module({})
export class HealthModule {
  /** @param readiness which was there before the application, for the probes of the start */
  static with(readiness: Readiness): DynamicModule {
    return {
      module: HealthModule,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController],
      providers: [{ provide: Readiness, useValue: readiness }],
      exports: [Readiness],
    };
  }
}
