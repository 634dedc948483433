import type { BrokerConfig } from './config/broker-config.js';
import { ControlListeners } from './control/control-listeners.js';
import { Readiness } from './health/readiness.js';
import { StartupProbes } from './health/startup-probes.js';
import type { Logger } from './logging/logger.js';
import { startProcessMetrics, type ProcessMetrics } from './metrics/process-metrics.js';
import { systemClock } from './time/clock.js';
import { startTracing, type Tracing } from './tracing/start-tracing.js';

/** What a broker has from its first moment on, before its stores and its application: whoever watches it is answered. */
export interface Foundation {
  readonly metrics: ProcessMetrics;
  readonly readiness: Readiness;
  readonly listeners: ControlListeners;
  /** Absent where requests are not traced. */
  readonly tracing: Tracing | undefined;
}

/**
 * Listens for probes, which are told that the process lives and is not ready.
 *
 * @throws the system's error when an address cannot be bound
 */
export async function layFoundation(config: BrokerConfig, logger: Logger): Promise<Foundation> {
  const metrics = startProcessMetrics();
  const readiness = new Readiness(systemClock);
  const listeners = new ControlListeners();
  listeners.serveWith(new StartupProbes(readiness, metrics.registry));
  const tracing = await startTracing(config, logger);
  const foundation = { metrics, readiness, listeners, tracing };
  try {
    await listeners.listen(config.listeners);
  } catch (error) {
    await removeFoundation(foundation);
    throw error;
  }
  return foundation;
}

export async function removeFoundation({ metrics, listeners, tracing }: Foundation): Promise<void> {
  await listeners.close();
  metrics.eventLoop.stop();
  await tracing?.stop();
}
