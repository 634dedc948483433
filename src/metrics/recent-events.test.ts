import { expect, test } from '@jest/globals';
import { RecentEvents } from './recent-events.js';

test('events per second are those of the last minute, or since the start', () => {
  let now = 5_000;
  const events = new RecentEvents({ monotonic: () => now });
  expect(events.perSecond()).toBe(0);
  for (let event = 0; event < 30; event += 1) events.add();
  expect(events.perSecond()).toBe(0);
  now += 1_000;
  expect(events.perSecond()).toBe(30);
  now += 9_000;
  expect(events.perSecond()).toBe(3);
  now += 50_000;
  expect(events.perSecond()).toBe(0.5);
  for (let event = 0; event < 120; event += 1) events.add();
  now += 1_000;
  expect(events.perSecond()).toBe(2);
  now += 1_000_000;
  expect(events.perSecond()).toBe(0);
});
