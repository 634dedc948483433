import type { BrokerConfig } from '../config/broker-config.js';
import { VERSION } from '../config/version.js';
import type { Logger } from '../logging/logger.js';
import { systemClock } from '../time/clock.js';
import { withinTime } from '../time/within-time.js';
import { RequestTracer } from './request-tracer.js';

/** Traces of requests on their way to a collector. */
export interface Tracing {
  readonly tracer: RequestTracer;
  /** Sends what is left. Never rejects. */
  stop(): Promise<void>;
}

/** A collector that is away doesn't hold up the end of a broker for longer, ms. */
const STOP_TIMEOUT_MS = 2000;

/** Sends traces to the collector that the configuration names; does, and loads, nothing without one. */
export async function startTracing({ tracing, brokerId }: BrokerConfig, logger: Logger): Promise<Tracing | undefined> {
  if (tracing === undefined) return undefined;
  const [{ diag, DiagLogLevel }, { BatchSpanProcessor, TracerProvider }, { OTLPTraceExporter }, resources] =
    await Promise.all([
      import('@opentelemetry/api'),
      import('@opentelemetry/sdk-trace'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const failed = (message: string) => logger.warn({ event: 'tracing_failed', reason: message }, 'traces were not sent');
  const ignore = () => undefined;
  const diagnostics = { error: failed, warn: failed, info: ignore, debug: ignore, verbose: ignore };
  diag.setLogger(diagnostics, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  const provider = new TracerProvider({
    resource: resources.resourceFromAttributes({
      'service.name': 'kafscale',
      'service.version': VERSION,
      'service.instance.id': String(brokerId),
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: `${tracing.endpoint.replace(/\/$/, '')}/v1/traces` }),
      }),
    ],
  });
  const { sampleRatio } = tracing;
  const tracer = new RequestTracer(provider.getTracer('kafscale', VERSION), {
    sampleRatio,
    clock: systemClock,
    random: Math.random,
  });
  const late = () => new Error(`the collector did not answer within ${STOP_TIMEOUT_MS} ms`);
  const stop = () => withinTime(systemClock, STOP_TIMEOUT_MS, provider.shutdown(), late);
  return { tracer, stop: () => stop().catch((error: unknown) => failed(String(error))) };
}
