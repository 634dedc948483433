import { status } from '@grpc/grpc-js';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod, RpcException } from '@nestjs/microservices';
import { distinctUntilChanged, exhaustMap, map, timer, type Observable } from 'rxjs';
import { Readiness } from '../health/readiness.js';

interface HealthCheckRequest {
  readonly service: string;
}

interface HealthCheckResponse {
  readonly status: 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN';
}

const SERVICES = ['', 'kafscale.control.BrokerControl', 'kafscale.control.AssignmentStream'];
/** How often a watched broker looks at itself, ms. */
const WATCH_INTERVAL_MS = 1000;

/** The service `grpc.health.v1.Health`: serving means ready, for the broker and for each of its control services. */
@Controller()
export class GrpcHealthController {
  constructor(@Inject(Readiness) private readonly readiness: Pick<Readiness, 'problems'>) {}

  @GrpcMethod('Health', 'Check')
  async check({ service }: HealthCheckRequest): Promise<HealthCheckResponse> {
    if (SERVICES.includes(service)) return this.current();
    throw new RpcException({ code: status.NOT_FOUND, message: `this broker has no service ${service}` });
  }

  /** The state now and after each change. */
  @GrpcMethod('Health', 'Watch')
  watch({ service }: HealthCheckRequest): Observable<HealthCheckResponse> {
    const isKnown = SERVICES.includes(service);
    return timer(0, WATCH_INTERVAL_MS).pipe(
      exhaustMap(() => (isKnown ? this.current() : Promise.resolve({ status: 'SERVICE_UNKNOWN' } as const))),
      map((response) => response.status),
      distinctUntilChanged(),
      map((current) => ({ status: current })),
    );
  }

  private async current(): Promise<HealthCheckResponse> {
    const problems = await this.readiness.problems();
    return { status: problems.length === 0 ? 'SERVING' : 'NOT_SERVING' };
  }
}
