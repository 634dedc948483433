import { Gauge, type Registry } from 'prom-client';
import { VERSION } from '../config/version.js';
import type { EventLoopDelay } from './event-loop-delay.js';
import { Gauges } from './gauges.js';

/** Uptime, memory, CPU and event loop of the process, under the names that the dashboards know. */
export function addProcessGauges(registry: Registry, eventLoop: EventLoopDelay): void {
  const gauges = new Gauges(registry);
  gauges.add('kafscale_broker_uptime_seconds', 'Seconds since the process started', () => process.uptime());
  gauges.add('kafscale_broker_mem_alloc_bytes', 'Bytes of memory in use: objects and buffers', () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  });
  gauges.add('kafscale_broker_mem_sys_bytes', 'Bytes of memory that the process holds (resident set)', () =>
    process.memoryUsage.rss(),
  );
  gauges.add('kafscale_broker_heap_inuse_bytes', 'Bytes of memory in use on the JavaScript heap', () => {
    return process.memoryUsage().heapUsed;
  });
  const cpu = 'CPU time over the last seconds, percent: 100 is one core';
  gauges.add('kafscale_broker_cpu_percent', cpu, cpuPercent());
  const delay = 'How long what is due has waited for the event loop in the last 15 to 30 seconds, ms: by quantile';
  gauges.addEach('kafscale_event_loop_delay_ms', delay, 'quantile', () => {
    const { p50, p99, max } = eventLoop.delays();
    return { '0.5': p50, '0.99': p99, '1': max };
  });
  const build = 'Always 1; its labels say what is running';
  const labelNames = ['version', 'node'] as const;
  new Gauge({ name: 'kafscale_build_info', help: build, labelNames, registers: [registry] }).set(
    { version: VERSION, node: process.version },
    1,
  );
}

/** Scrapes that follow each other faster share a measurement, ms. */
const SHORTEST_PERIOD_MS = 1000;

function cpuPercent(): () => number {
  let usage = process.cpuUsage();
  let time = performance.now();
  let percent = 0;
  return () => {
    const elapsedMs = performance.now() - time;
    if (elapsedMs < SHORTEST_PERIOD_MS) return percent;
    const { user, system } = process.cpuUsage(usage);
    usage = process.cpuUsage();
    time = performance.now();
    percent = (user + system) / 10 / elapsedMs;
    return percent;
  };
}
