import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { Consumer, Producer, stringDeserializers, stringSerializers } from '@platformatic/kafka';
import { expect, test } from '@jest/globals';
import { startBroker } from '../../support/broker.js';
import { createTopic } from '../../support/topics.js';

interface Export {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly Span[] }[];
  }[];
}

interface Span {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceId: string;
}

/** Takes what is sent to it by OTLP over HTTP. */
async function startCollector() {
  const spans: Span[] = [];
  const server = createServer((request, response) => {
    void json(request).then((body) => {
      expect(request.url).toBe('/v1/traces');
      for (const { scopeSpans } of (body as Export).resourceSpans)
        spans.push(...scopeSpans.flatMap((scope) => scope.spans));
      response.setHeader('content-type', 'application/json');
      response.end('{}');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { endpoint: `http://127.0.0.1:${port}`, spans, stop: () => server.close() };
}

test('a collector is sent a produce with its stages, and a fetch', async () => {
  const collector = await startCollector();
  try {
    const broker = await startBroker({ KAFSCALE_OTLP_ENDPOINT: collector.endpoint, KAFSCALE_TRACE_SAMPLE_RATIO: '1' });
    const connection = { clientId: 'traced', bootstrapBrokers: [broker.bootstrap] };
    const producer = new Producer({ ...connection, serializers: stringSerializers });
    const consumer = new Consumer({ ...connection, groupId: 'traced', deserializers: stringDeserializers });
    try {
      await createTopic(broker.bootstrap, 'traced', 1);
      await producer.send({ messages: [{ topic: 'traced', key: 'k', value: 'v' }] });
      const stream = await consumer.consume({ topics: ['traced'], mode: 'earliest' });
      await stream[Symbol.asyncIterator]().next();
      await stream.close();
    } finally {
      await consumer.close(true);
      await producer.close();
      // It sends what is left before it ends.
      await broker.stop();
    }
    const produce = collector.spans.find(({ name }) => name === 'Produce')!;
    const children = collector.spans.filter(({ parentSpanId }) => parentSpanId === produce.spanId);
    expect(children.map(({ name }) => name)).toEqual(['queue', 'upload', 'commit']);
    expect(new Set(children.map(({ traceId }) => traceId))).toEqual(new Set([produce.traceId]));
    expect(collector.spans.map(({ name }) => name)).toContain('Fetch');
  } finally {
    collector.stop();
  }
}, 60_000);
