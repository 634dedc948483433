import { Global, Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { systemClock } from '../time/clock.js';
import { HealthController } from './health.controller.js';
import { Readiness } from './readiness.js';

/** `/health`, `/livez` and `/readyz`. Modules tell {@link Readiness} what the broker cannot do without. */
@Global()
@Module({
  imports: [TerminusModule.forRoot({ logger: false })],
  controllers: [HealthController],
  providers: [{ provide: Readiness, useFactory: () => new Readiness(systemClock) }],
  exports: [Readiness],
})
export class HealthModule {}
