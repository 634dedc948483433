import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { BrokerMetrics } from './broker-metrics.js';
import { lagOf, longestLag } from './consumer-lag.js';

const ends = (topicId: string) => (topicId === 'known' ? 100 : undefined);
const at = (topicId: string, offset: number) => ({ topicId, partition: 0, offset });

test('the lag is what is left of a partition, never less than nothing, and unknown elsewhere', () => {
  expect(lagOf(at('known', 40), ends)).toBe(60);
  expect(lagOf(at('known', 140), ends)).toBe(0);
  expect(lagOf(at('unknown', 40), ends)).toBeUndefined();
  expect(longestLag([at('known', 90), at('known', 40), at('unknown', 0)], ends)).toBe(60);
  expect(longestLag([], ends)).toBe(0);
});

test('commits are counted, with the lag that they leave', async () => {
  const registry = new Registry();
  const metrics = new BrokerMetrics(registry);
  metrics.offsetCommitted(60);
  metrics.offsetCommitted(undefined);
  const text = await registry.metrics();
  expect(text).toContain('kafscale_offset_commits_total 2');
  expect(text).toContain('kafscale_consumer_lag_sum 60');
  expect(text).toContain('kafscale_consumer_lag_count 1');
});
