import { describe, expect, test } from '@jest/globals';
import { ApiVersions, CreateTopics, Fetch, Metadata, Produce } from '../schema/index.js';
import type { RequestInput, ResponseInput } from './index.js';
import {
  decodeRequest,
  decodeRequestHeader,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  MalformedRequestError,
  ZERO_UUID,
} from './index.js';

const TOPIC_ID = 'zOtAMSSGT3aCjkVWWkAIRQ';

/** What the transport hands on: the frame without its size. */
function frameOf(chunks: readonly Buffer[]): Buffer {
  const all = Buffer.concat(chunks);
  expect(all.readInt32BE()).toBe(all.length - 4);
  return all.subarray(4);
}

describe('a request', () => {
  const batch = Buffer.from('a record batch');
  const request: RequestInput<typeof Produce> = {
    acks: -1,
    timeoutMs: 30_000,
    topicData: [{ name: 'orders', topicId: TOPIC_ID, partitionData: [{ index: 7, records: batch }] }],
  };

  test.each([
    { version: 8, name: 'orders', topicId: ZERO_UUID },
    { version: 9, name: 'orders', topicId: ZERO_UUID },
    { version: 13, name: '', topicId: TOPIC_ID },
  ])('of v$version comes back with every field, absent ones as their default', ({ version, name, topicId }) => {
    const frame = frameOf(encodeRequest(Produce, version, 42, 'a client', request));

    const header = decodeRequestHeader(frame);
    expect(header).toMatchObject({ apiKey: 0, apiVersion: version, correlationId: 42, clientId: 'a client' });
    expect(decodeRequest(Produce, version, frame, header.bodyOffset)).toEqual({
      transactionalId: null,
      acks: -1,
      timeoutMs: 30_000,
      topicData: [{ name, topicId, partitionData: [{ index: 7, records: batch }] }],
    });
  });

  test('gives its records as a view of the frame', () => {
    const frame = frameOf(encodeRequest(Produce, 13, 1, null, request));
    const { bodyOffset } = decodeRequestHeader(frame);

    const decoded = decodeRequest(Produce, 13, frame, bodyOffset);

    const records = decoded.topicData[0]?.partitionData[0]?.records;
    expect(records?.buffer).toBe(frame.buffer);
  });

  test('may be followed by bytes that nobody reads', () => {
    const frame = frameOf(encodeRequest(Produce, 13, 1, null, request));
    const longer = Buffer.concat([frame, Buffer.from('rest')]);

    expect(() => decodeRequest(Produce, 13, longer, decodeRequestHeader(longer).bodyOffset)).not.toThrow();
  });

  test('of an unknown version of ApiVersions has a readable header', () => {
    const frame = Buffer.concat([
      Buffer.from([0, 18, 0, 99, 0, 0, 0, 5, 0, 2]),
      Buffer.from('id'),
      Buffer.from([1, 9, 2, 255, 255]),
    ]);

    expect(decodeRequestHeader(frame)).toEqual({
      apiKey: 18,
      apiVersion: 99,
      correlationId: 5,
      clientId: 'id',
      bodyOffset: frame.length,
    });
  });

  test('of an unknown API has a readable header', () => {
    const frame = Buffer.from([0x7f, 0, 0, 1, 0, 0, 0, 5, 0xff, 0xff]);

    expect(decodeRequestHeader(frame)).toMatchObject({ apiKey: 0x7f00, correlationId: 5, clientId: null });
  });

  test('that ends in its header is malformed', () => {
    expect(() => decodeRequestHeader(Buffer.from([0, 18, 0, 3, 0, 0]))).toThrow(MalformedRequestError);
    expect(() => decodeRequestHeader(Buffer.alloc(0))).toThrow(MalformedRequestError);
  });

  test('cannot be encoded or decoded in a version that is not declared', () => {
    expect(() => encodeRequest(Produce, 2, 1, null, request)).toThrow(RangeError);
    expect(() => decodeRequest(Produce, 14, Buffer.alloc(100), 0)).toThrow(RangeError);
  });
});

describe('a response', () => {
  const partition = { partitionIndex: 0, errorCode: 0, highWatermark: 10, abortedTransactions: [] };

  test('sends record batches without copying them', () => {
    const first = Buffer.from('batch one');
    const second = Buffer.from('batch two');
    const body: ResponseInput<typeof Fetch> = {
      responses: [{ topicId: TOPIC_ID, partitions: [{ ...partition, records: [first, second] }] }],
    };

    const chunks = encodeResponse(Fetch, 16, 3, body);

    expect(chunks[1]).toBe(first);
    expect(chunks[2]).toBe(second);
    const { correlationId, body: decoded } = decodeResponse(Fetch, 16, frameOf(chunks));
    expect(correlationId).toBe(3);
    expect(decoded.responses[0]?.partitions[0]).toMatchObject({
      records: [Buffer.from('batch onebatch two')],
      lastStableOffset: -1,
      currentLeader: { leaderId: -1, leaderEpoch: -1 },
    });
  });

  test('is one chunk when there are no record batches', () => {
    const body: ResponseInput<typeof Fetch> = {
      responses: [
        {
          topic: 'orders',
          partitions: [
            { ...partition, records: [] },
            { ...partition, records: null },
          ],
        },
      ],
    };

    const chunks = encodeResponse(Fetch, 11, 3, body);

    expect(chunks).toHaveLength(1);
    const partitions = decodeResponse(Fetch, 11, frameOf(chunks)).body.responses[0]?.partitions;
    expect(partitions?.map(({ records }) => records)).toEqual([[], null]);
  });

  test('has a tagged section in its header when it is flexible, except that of ApiVersions', () => {
    const topics = encodeResponse(CreateTopics, 5, 1, { topics: [] });
    expect(Buffer.concat(topics).toString('hex')).toBe('0000000b' + '00000001' + '00' + '00000000' + '01' + '00');

    const versions = encodeResponse(ApiVersions, 3, 1, { errorCode: 0, apiKeys: [] });
    expect(Buffer.concat(versions).toString('hex')).toBe('0000000c' + '00000001' + '0000' + '01' + '00000000' + '00');
  });

  test('cannot hold null where the version has none', () => {
    expect(() => encodeRequest(Metadata, 0, 1, null, { topics: null })).toThrow('topics cannot be null');
    expect(() => encodeRequest(Metadata, 1, 1, null, { topics: null })).not.toThrow();
  });
});
