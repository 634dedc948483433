import { collectDefaultMetrics, Registry } from 'prom-client';
import { EventLoopDelay } from './event-loop-delay.js';
import { MetadataMetrics } from './metadata-metrics.js';
import { addProcessGauges } from './process-gauges.js';

/** What is measured from the first moment of the process on, before there is an application. */
export interface ProcessMetrics {
  readonly registry: Registry;
  readonly eventLoop: EventLoopDelay;
  readonly metadata: MetadataMetrics;
}

/** Begins to measure. Each has a registry of its own: several brokers can live in one process. */
export function startProcessMetrics(): ProcessMetrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const eventLoop = new EventLoopDelay();
  addProcessGauges(registry, eventLoop);
  return { registry, eventLoop, metadata: new MetadataMetrics(registry) };
}
