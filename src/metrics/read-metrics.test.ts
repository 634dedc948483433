import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { ReadMetrics } from './read-metrics.js';

test('the hit ratio is 0 at first, then that of lookups that served data', async () => {
  const registry = new Registry();
  const metrics = new ReadMetrics(registry);
  expect(await registry.metrics()).toContain('kafscale_cache_hit_ratio 0\n');
  for (const source of ['memory', 'store', 'memory', 'memory'] as const) metrics.blockServed(source);
  const text = await registry.metrics();
  expect(text).toContain('kafscale_cache_hit_ratio 0.75\n');
  expect(text).toContain('kafscale_cache_lookups_total{result="hit"} 3\n');
  expect(text).toContain('kafscale_cache_lookups_total{result="miss"} 1\n');
});
