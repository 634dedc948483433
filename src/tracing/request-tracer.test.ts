import { expect, test } from '@jest/globals';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import { RequestTracer } from './request-tracer.js';

const NEVER = new AbortController().signal;
const request = {
  apiKey: 0,
  apiVersion: 12,
  correlationId: 7,
  clientId: 'me',
  clientHost: '127.0.0.1',
  localAddress: '127.0.0.1',
  localPort: 9092,
  connectionId: 1,
  closed: NEVER,
  shutdown: NEVER,
  receivedAt: 1000,
  requestBytes: 99,
};

function traced(sampleRatio = 1, random = 0.5) {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  const clock = { now: () => 1_700_000_000_000 + 2000, monotonic: () => 2000 };
  const tracer = new RequestTracer(provider.getTracer('test'), { sampleRatio, clock, random: () => random });
  const timeOf = ([seconds, nanoseconds]: [number, number]) => seconds * 1000 + nanoseconds / 1e6 - 1_700_000_000_000;
  const spans = () =>
    exporter.getFinishedSpans().map((span) => ({
      name: span.name,
      from: Math.round(timeOf(span.startTime)),
      to: Math.round(timeOf(span.endTime)),
      parent: span.parentSpanContext?.spanId,
      id: span.spanContext().spanId,
    }));
  return { tracer, spans };
}

const committed = (key: string, partition: number, baseOffset: number) => ({
  ...{ key, bytes: 10, records: 1, queueMs: 50, uploadMs: 200, commitMs: 20, committedAt: 1400 },
  extents: [{ topicId: 'id', topicName: 'orders', partition, baseOffset, lastOffset: baseOffset + 9 }],
});

const produced = (baseOffset: number) => ({
  responses: [{ name: 'orders', topicId: '', partitionResponses: [{ index: 0, baseOffset }] }],
});

test('a produce has the stages of the object that took its records as children', () => {
  const { tracer, spans } = traced();
  tracer.walObjectCommitted(committed('earlier', 0, 0));
  tracer.walObjectCommitted(committed('other partition', 1, 10));
  tracer.walObjectCommitted(committed('its object', 0, 10));
  tracer.requestEnded('Produce', request, { durationMs: 410, response: { bytes: 5, body: produced(15) } });
  const produce = spans().find(({ name }) => name === 'Produce')!;
  expect(produce).toMatchObject({ from: 1000, to: 1410, parent: undefined });
  expect(spans().filter(({ parent }) => parent === produce.id)).toMatchObject([
    { name: 'queue', from: 1130, to: 1180 },
    { name: 'upload', from: 1180, to: 1380 },
    { name: 'commit', from: 1380, to: 1400 },
  ]);
});

test('a fetch has a span, other APIs have none', () => {
  const { tracer, spans } = traced();
  tracer.requestEnded('Fetch', request, { durationMs: 5, response: { bytes: 5, body: { responses: [] } } });
  tracer.requestEnded('Metadata', request, { durationMs: 5 });
  expect(spans().map(({ name }) => name)).toEqual(['Fetch']);
});

test('requests beyond the ratio leave nothing', () => {
  const { tracer, spans } = traced(0.1, 0.1);
  tracer.requestEnded('Fetch', request, { durationMs: 5 });
  expect(spans()).toEqual([]);
});
