import type { BrokerMetrics } from './broker-metrics.js';

/** Uptime, memory and CPU of the process, under the names that the dashboards know. */
export function addProcessGauges(metrics: BrokerMetrics): void {
  metrics.gauge('kafscale_broker_uptime_seconds', 'Time since the process started', () => process.uptime());
  metrics.gauge('kafscale_broker_mem_alloc_bytes', 'Memory in use: objects and buffers', () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  });
  metrics.gauge('kafscale_broker_mem_sys_bytes', 'Memory that the process holds (resident set)', () =>
    process.memoryUsage.rss(),
  );
  metrics.gauge('kafscale_broker_heap_inuse_bytes', 'Memory in use on the JavaScript heap', () => {
    return process.memoryUsage().heapUsed;
  });
  metrics.gauge('kafscale_broker_cpu_percent', 'CPU time since the last scrape; 100 is one core', cpuPercent());
}

function cpuPercent(): () => number {
  let usage = process.cpuUsage();
  let time = performance.now();
  return () => {
    const { user, system } = process.cpuUsage(usage);
    const elapsedMs = performance.now() - time;
    usage = process.cpuUsage();
    time = performance.now();
    return elapsedMs === 0 ? 0 : (user + system) / 10 / elapsedMs;
  };
}
