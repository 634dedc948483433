import { Controller, Get, Header, Inject } from '@nestjs/common';
import { PrometheusController } from '@willsoto/nestjs-prometheus';
import { Registry } from 'prom-client';

/** `/metrics`, from the application's own registry: several brokers can live in one process. */
@Controller()
export class MetricsController extends PrometheusController {
  constructor(@Inject(Registry) private readonly registry: Registry) {
    super();
  }

  @Get()
  @Header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
  override index(): Promise<string> {
    return this.registry.metrics();
  }
}
