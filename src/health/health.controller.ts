import { Controller, Get, HttpCode, Inject, ServiceUnavailableException } from '@nestjs/common';
import {
  HealthCheck,
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorResult,
} from '@nestjs/terminus';
import { EventLoopDelay } from '../metrics/event-loop-delay.js';
import { StoreHealth } from '../storage/health/store-health.js';
import { eventLoopState, memoryState, memoryUse, type ProcessState } from './process-health.js';
import { Readiness } from './readiness.js';

/** What Kubernetes, load balancers and people ask about the broker's state. */
@Controller()
export class HealthController {
  constructor(
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(StoreHealth) private readonly storeHealth: StoreHealth,
    @Inject(EventLoopDelay) private readonly eventLoop: EventLoopDelay,
    @Inject(HealthCheckService) private readonly health: HealthCheckService,
    @Inject(HealthIndicatorService) private readonly indicators: HealthIndicatorService,
  ) {}

  /** The process runs and answers. Says nothing of the stores: a restart would not mend them. */
  @Get('livez')
  @HttpCode(200)
  live(): string {
    return 'ok\n';
  }

  /** 200 once clients can connect and the stores answer; else 503 with the reasons, one a line. */
  @Get('readyz')
  async ready(): Promise<string> {
    const problems = await this.readiness.problems();
    if (problems.length > 0) throw new ServiceUnavailableException({ ready: false, problems });
    return 'ok\n';
  }

  /**
   * Every dependency by itself, in Terminus' form: 503 when one of them fails. The object store's health is judged by the
   * broker's own requests: degraded it is still up, as clients are served.
   */
  @Get('health')
  @HealthCheck()
  async report(): Promise<HealthCheckResult> {
    const states = await this.readiness.dependencies();
    return this.health.check([
      ...states.map(({ name, problem }) => (): HealthIndicatorResult => {
        const indicator = this.indicators.check(name);
        return problem === undefined ? indicator.up() : indicator.down({ problem });
      }),
      () => this.storeIndicator(),
      () => this.processIndicator('event loop', eventLoopState(this.eventLoop.delays())),
      () => this.processIndicator('memory', memoryState(memoryUse())),
    ]);
  }

  private processIndicator(name: string, { isWell, details }: ProcessState): HealthIndicatorResult {
    const indicator = this.indicators.check(name);
    return isWell ? indicator.up(details) : indicator.down(details);
  }

  private storeIndicator(): HealthIndicatorResult {
    const { latencyMs, errorRate, stateMs, ...states } = this.storeHealth.report();
    const details = {
      ...states,
      latencyMsAvg: Math.round(latencyMs),
      errorRate: Math.round(errorRate * 1000) / 1000,
      forSeconds: Math.round(stateMs / 1000),
    };
    const indicator = this.indicators.check('object store health');
    return details.state === 'unavailable' ? indicator.down(details) : indicator.up(details);
  }
}
