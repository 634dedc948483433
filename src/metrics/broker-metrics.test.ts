import { describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { BrokerMetrics } from './broker-metrics.js';
import { addProcessGauges } from './process-gauges.js';

async function scrape(count: (metrics: BrokerMetrics) => void = () => undefined): Promise<string> {
  const registry = new Registry();
  const metrics = new BrokerMetrics(registry);
  addProcessGauges(metrics);
  count(metrics);
  return registry.metrics();
}

describe('metrics', () => {
  test.each([
    'kafscale_produce_requests_total 0',
    'kafscale_fetch_requests_total 0',
    'kafscale_s3_upload_duration_ms_count 0',
    'kafscale_s3_download_duration_ms_count 0',
  ])('the user guide finds "%s" from the start', async (line) => {
    expect((await scrape()).split('\n')).toContain(line);
  });

  test('requests to the store are counted by operation and outcome', async () => {
    const text = await scrape((metrics) => {
      metrics.storeRequest('put', 'success', 12);
      metrics.storeRequest('get', 'error', 3);
    });
    expect(text).toContain('kafscale_s3_requests_total{operation="put",outcome="success"} 1');
    expect(text).toContain('kafscale_s3_requests_total{operation="get",outcome="error"} 1');
    expect(text).toContain('kafscale_s3_upload_duration_ms_sum 12');
  });

  test('the process tells what it uses', async () => {
    const text = await scrape();
    expect(text).toMatch(/kafscale_broker_uptime_seconds \d/);
    expect(text).toMatch(/kafscale_broker_mem_sys_bytes [1-9]/);
    expect(text).toMatch(/kafscale_broker_cpu_percent \d/);
  });
});
