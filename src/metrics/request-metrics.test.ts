import { describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { ErrorCode } from '../protocol/errors.js';
import { AdminMetrics } from './admin-metrics.js';
import { RequestMetrics } from './request-metrics.js';

async function scrape(count: (metrics: RequestMetrics) => void = () => undefined): Promise<string[]> {
  const registry = new Registry();
  count(new RequestMetrics(registry, new AdminMetrics(registry), { monotonic: () => 0 }));
  return (await registry.metrics()).split('\n');
}

const answered = (body: object, durationMs = 12) => ({ durationMs, response: { body, bytes: 100 } });

describe('requests of clients', () => {
  test.each([
    'kafscale_produce_requests_total 0',
    'kafscale_fetch_requests_total 0',
    'kafscale_produce_latency_ms_count 0',
    'kafscale_produce_rps 0',
    'kafscale_admin_requests_total{api="CreateTopics"} 0',
    'kafscale_authz_denied_total{action="create",resource="topic"} 0',
  ])('"%s" is there from the start', async (line) => {
    expect(await scrape()).toContain(line);
  });

  test('are counted by their API, with bytes, duration and those under way', async () => {
    const lines = await scrape((metrics) => {
      metrics.requestReceived('Produce', 50);
      metrics.requestReceived('Fetch', 60);
      metrics.requestEnded('Fetch', answered({ responses: [] }, 300));
    });
    expect(lines).toEqual(
      expect.arrayContaining([
        'kafscale_requests_total{api="Produce"} 1',
        'kafscale_produce_requests_total 1',
        'kafscale_received_bytes_total{api="Produce"} 50',
        'kafscale_sent_bytes_total{api="Fetch"} 100',
        'kafscale_request_duration_ms_sum{api="Fetch"} 300',
        'kafscale_inflight_requests 1',
      ]),
    );
  });

  test('acks 0 has no latency, as there is no answer', async () => {
    const lines = await scrape((metrics) => {
      metrics.requestReceived('Produce', 50);
      metrics.requestEnded('Produce', { durationMs: 5 });
      metrics.requestReceived('Produce', 50);
      metrics.requestEnded('Produce', answered({ responses: [] }, 40));
    });
    expect(lines).toContain('kafscale_produce_latency_ms_sum 40');
    expect(lines).toContain('kafscale_request_duration_ms_count{api="Produce"} 2');
  });

  test('errors are told for the request, and for each partition of it', async () => {
    const { NOT_ENOUGH_REPLICAS, NONE } = ErrorCode;
    const partitionResponses = [{ errorCode: NOT_ENOUGH_REPLICAS }, { errorCode: NONE }, {}];
    const lines = await scrape((metrics) => {
      metrics.requestReceived('Produce', 1);
      metrics.requestEnded('Produce', answered({ responses: [{ partitionResponses }] }));
      metrics.requestReceived('Metadata', 1);
      metrics.requestEnded('Metadata', { ...answered({}), error: 'UNKNOWN_SERVER_ERROR' });
    });
    expect(lines).toContain('kafscale_partition_errors_total{api="Produce",error="NOT_ENOUGH_REPLICAS"} 1');
    expect(lines).toContain('kafscale_request_errors_total{api="Metadata",error="UNKNOWN_SERVER_ERROR"} 1');
  });

  test('of administrators: failures and refusals are those that the response tells of', async () => {
    const topics = [
      { errorCode: ErrorCode.NONE, configs: [{ configErrorCode: 0 }] },
      { errorCode: ErrorCode.TOPIC_ALREADY_EXISTS },
      { errorCode: ErrorCode.CLUSTER_AUTHORIZATION_FAILED },
    ];
    const lines = await scrape((metrics) => {
      metrics.requestReceived('CreateTopics', 1);
      metrics.requestEnded('CreateTopics', answered({ topics }, 30));
      metrics.requestReceived('CreateTopics', 1);
      metrics.requestEnded('CreateTopics', answered({ topics: [] }, 10));
    });
    expect(lines).toContain('kafscale_admin_requests_total{api="CreateTopics"} 2');
    expect(lines).toContain('kafscale_admin_request_errors_total{api="CreateTopics"} 2');
    expect(lines).toContain('kafscale_authz_denied_total{action="create",resource="topic"} 1');
    expect(lines).toContain('kafscale_admin_request_latency_ms_avg{api="CreateTopics"} 20');
  });
});
