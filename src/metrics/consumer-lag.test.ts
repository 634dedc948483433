import { expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { addGroupGauges, lagOf, surveyLag } from './consumer-lag.js';
import { GroupMetrics } from './group-metrics.js';

const ends = (topicId: string) => (topicId === 'known' ? 100 : undefined);
const at = (topicId: string, offset: number, group = 'g') => ({
  topicId,
  partition: 0,
  offset,
  group,
  topic: `t-${topicId}`,
});

test('the lag is what is left of a partition, never less than nothing, and unknown elsewhere', () => {
  expect(lagOf(at('known', 40), ends)).toBe(60);
  expect(lagOf(at('known', 140), ends)).toBe(0);
  expect(lagOf(at('unknown', 40), ends)).toBeUndefined();
  expect(surveyLag([at('known', 90), at('known', 40), at('unknown', 0)], ends)).toEqual({
    longest: 60,
    byGroupAndTopic: [{ group: 'g', topic: 't-known', lag: 70 }],
    unknown: 1,
  });
  expect(surveyLag([], ends)).toEqual({ longest: 0, byGroupAndTopic: [], unknown: 0 });
});

test('commits are counted, with the lag that they leave', async () => {
  const registry = new Registry();
  const metrics = new GroupMetrics(registry);
  metrics.offsetCommitted(60);
  metrics.offsetCommitted(undefined);
  const text = await registry.metrics();
  expect(text).toContain('kafscale_offset_commits_total 2');
  expect(text).toContain('kafscale_consumer_lag_sum 60');
  expect(text).toContain('kafscale_consumer_lag_count 1');
});

test('series of groups are bounded, the largest lags first, and names of clients cannot break out of them', async () => {
  const registry = new Registry();
  const groups = [...Array.from({ length: 1200 }, (_, index) => at('known', index % 100, `group-${index}`))];
  groups.push(at('known', 0, `evil"}\n# ${'x'.repeat(5000)}`));
  addGroupGauges(registry, { size: groups.length, positions: () => groups }, ends);
  const lines = (await registry.metrics()).split('\n');
  const series = lines.filter((line) => line.startsWith('kafscale_consumer_group_lag{'));
  expect(series).toHaveLength(1000);
  expect(series[0]).toBe('kafscale_consumer_group_lag{group="group-0",topic="t-known"} 100');
  expect(series.find((line) => line.includes('evil'))).toHaveLength(
    `kafscale_consumer_group_lag{group="",topic="t-known"} 100`.length + 202,
  );
  expect(lines).toContain('kafscale_consumer_group_lag_hidden_series 201');
  expect(lines.filter((line) => line.startsWith('kafscale_consumer_lag_max'))).toEqual([
    'kafscale_consumer_lag_max 100',
  ]);
});
