import { describe, expect, test } from '@jest/globals';
import { ApiKey, ApiVersions, Metadata, Produce } from '../../../src/protocol/schema/index.js';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { rawRequest } from '../../support/wire-client.js';
import { batchOf, fetch, produceRequest } from '../records.js';
import type { Subject } from '../subject.js';
import { createTopic } from '../topics.js';

/** Two tagged fields that nobody knows: tag 100 with three bytes, tag 5000 with none. */
const UNKNOWN_TAGS = Buffer.from('0264 03 010203 8827 00'.replaceAll(' ', ''), 'hex');
const NO_TAGS = Buffer.from([0]);
const software = { clientSoftwareName: 'conformance', clientSoftwareVersion: '1.0' };

export function wireCases(subject: Subject): void {
  describe('wire and ApiVersions', () => {
    test('1 ApiVersions v0 is answered with header v0 and a list of key, min and max', async () => {
      const client = await subject.connect();
      client.write(client.encode(ApiVersions, 0, {}, 'test').bytes);
      const frame = await client.frame();
      const count = frame.readInt32BE(6);
      expect(frame.readInt16BE(4)).toBe(ErrorCode.NONE);
      expect(count).toBeGreaterThan(0);
      expect(frame).toHaveLength(4 + 2 + 4 + 6 * count);
    });

    test('2 ApiVersions v3 is answered with header v0 and a flexible body', async () => {
      const client = await subject.connect();
      const { bytes, correlationId } = client.encode(ApiVersions, 3, software);
      client.write(bytes);
      const answer = await client.answer(ApiVersions, 3, correlationId, 0);
      expect(answer).toMatchObject({ errorCode: ErrorCode.NONE, throttleTimeMs: 0 });
      expect(answer.apiKeys.map(({ apiKey }) => apiKey)).toContain(ApiKey.ApiVersions);
    });

    test.each([99, 'one more than advertised'])(
      '3 ApiVersions in a version that is too new (%s) is answered with error 35 in v0, and its own range',
      async (version) => {
        const max = subject.versionsOf(ApiVersions)!.max;
        const client = await subject.connect();
        client.write(
          rawRequest({
            apiKey: ApiKey.ApiVersions,
            apiVersion: typeof version === 'number' ? version : max + 1,
            correlationId: 7,
            headerTags: NO_TAGS,
            body: Buffer.from('a body of the future'),
          }),
        );
        const answer = await client.answer(ApiVersions, 0, 7);
        expect(answer.errorCode).toBe(ErrorCode.UNSUPPORTED_VERSION);
        expect(answer.apiKeys).toContainEqual({ apiKey: ApiKey.ApiVersions, minVersion: 0, maxVersion: max });
        await expect(client.send(ApiVersions, max, software)).resolves.toMatchObject({ errorCode: ErrorCode.NONE });
      },
    );

    test.each(['bad name!', '', '-name', 'name.'])(
      '4 ApiVersions v3 from software named "%s" is refused: 42',
      async (name) => {
        const client = await subject.connect();
        const request = { clientSoftwareName: name, clientSoftwareVersion: '1' };
        const answer = await client.send(ApiVersions, 3, request);
        expect(answer.errorCode).toBe(ErrorCode.INVALID_REQUEST);
      },
    );

    test('5 ApiVersions v5 for another cluster or broker is answered 129; without either it is served', async () => {
      const client = await subject.connect();
      if (subject.versionsOf(ApiVersions)!.max < 5) return subject.leaveOut('5: the broker has no ApiVersions v5');
      const elsewhere = await client.send(ApiVersions, 5, { ...software, clusterId: 'another', nodeId: 4711 });
      expect(elsewhere.errorCode).toBe(ErrorCode.REBOOTSTRAP_REQUIRED);
      const anywhere = await client.send(ApiVersions, 5, { ...software, clusterId: null, nodeId: -1 });
      expect(anywhere.errorCode).toBe(ErrorCode.NONE);
    });

    test('6 Produce is advertised from v0, but v2 closes the connection', async () => {
      expect(subject.versionsOf(Produce)?.min).toBe(0);
      const client = await subject.connect();
      // acks, timeout, no topics
      const body = Buffer.from('ffff 00002710 00000000'.replaceAll(' ', ''), 'hex');
      client.write(rawRequest({ apiKey: ApiKey.Produce, apiVersion: 2, correlationId: 1, body }));
      await client.closedByBroker();
    });

    test.each([
      ['an unknown API', { apiKey: 9999, apiVersion: 0, body: Buffer.alloc(4) }],
      ['Metadata v50', { apiKey: ApiKey.Metadata, apiVersion: 50, body: Buffer.alloc(4) }],
      ['Metadata v-1', { apiKey: ApiKey.Metadata, apiVersion: -1, body: Buffer.alloc(4) }],
      ['a negative API key', { apiKey: -1, apiVersion: 0, body: Buffer.alloc(4) }],
    ])('7 %s closes the connection', async (_, request) => {
      const client = await subject.connect();
      client.write(rawRequest({ ...request, correlationId: 1 }));
      await client.closedByBroker();
    });

    test.each([
      ['2^31 - 1', 0x7fffffff],
      ['-1', -1],
      ['-2^31', -0x80000000],
      ['one more than 100 MiB', 100 * 1024 * 1024 + 1],
    ])('8 a frame that announces %s bytes closes the connection before they come', async (_, size) => {
      const client = await subject.connect();
      const prefix = Buffer.alloc(4);
      prefix.writeInt32BE(size);
      client.write(prefix);
      await client.closedByBroker();
    });

    test('9 a request that arrives byte by byte is answered like a whole one', async () => {
      const client = await subject.connect();
      const whole = await client.send(Metadata, 9, { topics: [] });
      const { bytes, correlationId } = client.encode(Metadata, 9, { topics: [] });
      await client.writeInPieces(bytes, 1);
      expect(await client.answer(Metadata, 9, correlationId)).toEqual({ ...whole, controllerId: expect.any(Number) });
    });

    test('10 three requests in one write are answered in their order', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const produced = client.encode(Produce, 9, produceRequest(topic, batchOf()));
      const described = client.encode(Metadata, 9, { topics: [] });
      const listed = client.encode(ApiVersions, 3, software);
      client.write(Buffer.concat([produced.bytes, described.bytes, listed.bytes]));
      const { responses } = await client.answer(Produce, 9, produced.correlationId);
      expect(responses[0]?.partitionResponses[0]?.errorCode).toBe(ErrorCode.NONE);
      expect((await client.answer(Metadata, 9, described.correlationId)).brokers).not.toHaveLength(0);
      expect((await client.answer(ApiVersions, 3, listed.correlationId)).errorCode).toBe(ErrorCode.NONE);
    });

    test('11 what is quick to answer waits behind a Produce on the same connection', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const answered: string[] = [];
      const large = batchOf(['x'.repeat(900_000)]);
      await Promise.all([
        client.send(Produce, 9, produceRequest(topic, large)).then(() => answered.push('Produce')),
        client.send(ApiVersions, 3, software).then(() => answered.push('ApiVersions')),
      ]);
      expect(answered).toEqual(['Produce', 'ApiVersions']);
    });

    test('11 it waits behind a Fetch that waits as well', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      const answered: string[] = [];
      await Promise.all([
        fetch(client, [{ topic, offset: 0 }], { maxWaitMs: 100 }).then(() => answered.push('Fetch')),
        client.send(ApiVersions, 3, software).then(() => answered.push('ApiVersions')),
      ]);
      expect(answered).toEqual(['Fetch', 'ApiVersions']);
    });

    test('12 unknown tagged fields in header and body are ignored', async () => {
      const client = await subject.connect();
      const body = Metadata.request.encode({ topics: [], allowAutoTopicCreation: false }, 12);
      client.write(
        rawRequest({
          apiKey: ApiKey.Metadata,
          apiVersion: 12,
          correlationId: 5,
          headerTags: UNKNOWN_TAGS,
          // In place of the empty tagged section at the end.
          body: Buffer.concat([body.subarray(0, -1), UNKNOWN_TAGS]),
        }),
      );
      expect((await client.answer(Metadata, 12, 5)).brokers).not.toHaveLength(0);
    });

    test.each([1, 9])('13 a request without a client id is served (Metadata v%i)', async (version) => {
      const client = await subject.connect();
      expect((await client.send(Metadata, version, { topics: [] }, null)).brokers).not.toHaveLength(0);
    });

    test.each([
      ['an empty frame', Buffer.alloc(4)],
      ['a frame that ends in the header', rawFrame('0003 0009')],
      ['a body that ends too early', request(ApiKey.Metadata, 1, '0000')],
      ['an array with more elements than bytes', request(ApiKey.Metadata, 1, '7fffffff')],
      ['a string longer than the frame', request(ApiKey.Metadata, 1, '00000001 7fff 61')],
      ['a varint of more than five bytes', request(ApiKey.Metadata, 9, '00 ffffffffffffffffffff01')],
      [
        'records longer than the frame',
        request(ApiKey.Produce, 3, 'ffff ffff 00001000 00000001 000161 00000001 00000000 00ffffff'),
      ],
      ['a tagged field longer than the frame', request(ApiKey.Metadata, 9, '00 01 01 00 01 64 7f')],
    ])('14 %s closes the connection, and only that one', async (_, bytes) => {
      const client = await subject.connect();
      const other = await subject.connect();
      client.write(bytes);
      await client.closedByBroker();
      await expect(other.send(ApiVersions, 0, {})).resolves.toMatchObject({ errorCode: ErrorCode.NONE });
    });

    test.each([
      ['a topic name of Metadata v1', request(ApiKey.Metadata, 1, '00000001 ffff')],
      ['a topic name of Metadata v9', request(ApiKey.Metadata, 9, '00 02 00 00 01 00 00 00')],
      ['the topics of Produce v3', request(ApiKey.Produce, 3, 'ffff ffff 00001000 ffffffff')],
    ])('15 null for %s, which cannot be null, closes the connection', async (_, bytes) => {
      const client = await subject.connect();
      client.write(bytes);
      await client.closedByBroker();
    });
  });
}

function rawFrame(hex: string): Buffer {
  const content = Buffer.from(hex.replaceAll(' ', ''), 'hex');
  const size = Buffer.alloc(4);
  size.writeInt32BE(content.length);
  return Buffer.concat([size, content]);
}

function request(apiKey: number, apiVersion: number, bodyHex: string): Buffer {
  const body = Buffer.from(bodyHex.replaceAll(' ', ''), 'hex');
  // The header's tagged section of flexible versions is written as part of the body.
  return rawRequest({ apiKey, apiVersion, correlationId: 1, body });
}
