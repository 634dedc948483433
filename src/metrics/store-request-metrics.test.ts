import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { StoreRequestMetrics } from './store-request-metrics.js';

async function scrape(count: (metrics: StoreRequestMetrics) => void = () => undefined): Promise<string[]> {
  const registry = new Registry();
  count(new StoreRequestMetrics(registry));
  return (await registry.metrics()).split('\n');
}

test.each(['kafscale_s3_upload_duration_ms_count 0', 'kafscale_s3_download_duration_ms_count 0'])(
  'the user guide finds "%s" from the start',
  async (line) => expect(await scrape()).toContain(line),
);

test('requests are counted by operation and status, with their bytes, durations and cost', async () => {
  const lines = await scrape((metrics) => {
    metrics.storeRequest({ operation: 'put', status: 'success', durationMs: 12, bytes: 100 });
    metrics.storeRequest({ operation: 'put', status: 'slow_down', durationMs: 30 });
    metrics.storeRequest({ operation: 'get', status: 'success', durationMs: 3, bytes: 7 });
    metrics.storeRequest({ operation: 'get', status: 'aborted', durationMs: 1000 });
    metrics.storeRequest({ operation: 'list', status: 'success', durationMs: 9, requests: 3 });
  });
  expect(lines).toEqual(
    expect.arrayContaining([
      'kafscale_s3_requests_total{operation="put",status="success"} 1',
      'kafscale_s3_requests_total{operation="put",status="slow_down"} 1',
      'kafscale_s3_requests_total{operation="list",status="success"} 3',
      'kafscale_s3_upload_duration_ms_sum 42',
      'kafscale_s3_download_duration_ms_count 1',
      'kafscale_s3_uploaded_bytes_total 100',
      'kafscale_s3_downloaded_bytes_total 7',
      'kafscale_s3_estimated_cost_dollars_total{operation="put"} 0.000005',
      'kafscale_s3_estimated_cost_dollars_total{operation="delete"} 0',
    ]),
  );
  const reads = lines.find((line) => line.startsWith('kafscale_s3_estimated_cost_dollars_total{operation="get"}'));
  expect(Number(reads?.split(' ')[1])).toBeCloseTo(0.0004 / 1000, 12);
});
