import type { BrokerConfig } from './config/broker-config.js';
import { ControlListeners } from './control/control-listeners.js';
import { Readiness } from './health/readiness.js';
import { StartupProbes } from './health/startup-probes.js';
import { startProcessMetrics, type ProcessMetrics } from './metrics/process-metrics.js';
import { systemClock } from './time/clock.js';

/** What a broker has from its first moment on, before its stores and its application: whoever watches it is answered. */
export interface Foundation {
  readonly metrics: ProcessMetrics;
  readonly readiness: Readiness;
  readonly listeners: ControlListeners;
}

/**
 * Listens for probes, which are told that the process lives and is not ready.
 *
 * @throws the system's error when an address cannot be bound
 */
export async function layFoundation(config: BrokerConfig): Promise<Foundation> {
  const metrics = startProcessMetrics();
  const readiness = new Readiness(systemClock);
  const listeners = new ControlListeners();
  listeners.serveWith(new StartupProbes(readiness, metrics.registry));
  const foundation = { metrics, readiness, listeners };
  try {
    await listeners.listen(config.listeners);
  } catch (error) {
    await removeFoundation(foundation);
    throw error;
  }
  return foundation;
}

export async function removeFoundation({ metrics, listeners }: Foundation): Promise<void> {
  await listeners.close();
  metrics.eventLoop.stop();
}
