import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startControlServices } from '../../test/support/control-kit.js';

const logs = { all: () => [], opening: () => [], flush: () => Promise.resolve() };
const view = { selfId: 1 };
const sample = { brokerId: '2', timestampMs: 1_700_000_000_000, gauges: { cpu: 0.5 }, counters: { requests_total: 7 } };

describe('StreamMetrics', () => {
  let broker: Awaited<ReturnType<typeof startControlServices>>;
  beforeAll(async () => {
    broker = await startControlServices({ logs, view });
  });
  afterAll(() => broker.stop());

  const metrics = async () => (await fetch(`http://127.0.0.1:${broker.httpPort}/metrics`)).text();

  test('counts samples and shows when the last one came', async () => {
    expect(await metrics()).toContain('kafscale_reported_sample_age_seconds -1\n');
    expect(await broker.client.streamMetrics([])).toEqual({ message: '0 samples taken' });
    expect(await metrics()).toContain('kafscale_reported_samples 0\n');
    expect(await broker.client.streamMetrics([sample, sample])).toEqual({ message: '2 samples taken' });
    const after = await metrics();
    expect(after).toContain('kafscale_reported_samples 2\n');
    expect(after).toMatch(/kafscale_reported_sample_age_seconds \d/);
  });

  test.each([
    ['without a broker', { brokerId: '' }, 'broker_id'],
    ['without a time', { timestampMs: 0 }, 'timestamp_ms'],
    ['with a wrong name', { gauges: { 'a b': 1 } }, '"a b"'],
    ['with an endless value', { gauges: { cpu: Infinity } }, 'finite'],
    ['with a negative counter', { counters: { requests: -1 } }, 'never negative'],
    [
      'with too many values',
      { gauges: Object.fromEntries(Array.from({ length: 1001 }, (_, index) => [`g${index}`, 1])) },
      'at most 1000',
    ],
  ])('a sample %s ends the stream', async (_title, wrong, why) => {
    const stream = broker.client.streamMetrics([sample, { ...sample, ...wrong }]);
    await expect(stream).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
      details: expect.stringMatching(new RegExp(`^sample 2: .*${why}`)) as unknown,
    });
  });
});
