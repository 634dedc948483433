import { describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { Compression } from '../../../src/protocol/records/compression.js';
import { BatchAttributes, BatchLayout } from '../../../src/protocol/records/record-batch.js';
import { batches, batchOf, batchOfRecords, endOffset, fetchOne, produce, withHeader } from '../records.js';
import type { ProduceOptions } from '../records.js';
import type { Subject } from '../subject.js';
import { createTopic } from '../topics.js';

const HOUR_MS = 3_600_000;

export function produceValidationCases(subject: Subject): void {
  /** Expects that a fresh topic refuses the records and stays empty. */
  async function expectRefused(
    records: Buffer | null,
    errorCode: ErrorCode,
    options: ProduceOptions & { configs?: Record<string, string> } = {},
  ): Promise<void> {
    const client = await subject.connect();
    const topic = await createTopic(client, { configs: options.configs ?? {} });
    expect(await produce(client, topic, records, options)).toMatchObject({ errorCode, baseOffset: -1 });
    expect(await endOffset(client, topic)).toBe(0);
  }

  describe('what Produce refuses', () => {
    test.each([
      ['more records than offsets', 0, 2],
      ['fewer records than offsets', 2, 2],
      ['no records', -1, 0],
      ['a negative count', 1, -1],
    ])('32 a batch that counts %s is refused: 87', async (_, lastOffsetDelta, recordCount) => {
      const batch = withHeader(batchOf(['one', 'two']), (bytes) => {
        bytes.writeInt32BE(lastOffsetDelta, BatchLayout.LAST_OFFSET_DELTA);
        bytes.writeInt32BE(recordCount, BatchLayout.RECORD_COUNT);
      });
      await expectRefused(batch, ErrorCode.INVALID_RECORD);
    });

    test.each([
      ['two batches', Buffer.concat([batchOf(), batchOf()])],
      ['no bytes', Buffer.alloc(0)],
      ['null', null],
    ])('33 %s as the records of a partition are refused: 87', async (_, records) => {
      if (records === null && subject.isApacheKafka) return subject.leaveOut('33: Apache Kafka never answers to null');
      await expectRefused(records, ErrorCode.INVALID_RECORD);
    });

    test.each([3, 7, 11])('34 a message set of magic 1 is refused in v%i: 87', async (version) => {
      await expectRefused(messageSet(), ErrorCode.INVALID_RECORD, { version });
    });

    test('35 a batch that claims base offset 5 is refused: 87', async () => {
      await expectRefused(batchOf(['value'], { baseOffset: 5 }), ErrorCode.INVALID_RECORD);
    });

    test('36 a control batch is refused: 87', async () => {
      await expectRefused(batchOf(['value'], { isControl: true }), ErrorCode.INVALID_RECORD);
    });

    test('37 a batch larger than max.message.bytes is refused, 10; one of exactly that size is not', async () => {
      const client = await subject.connect();
      const batch = batchOf(['x'.repeat(2000)]);
      const tight = await createTopic(client, { configs: { 'max.message.bytes': String(batch.length - 1) } });
      expect(await produce(client, tight, batch)).toMatchObject({ errorCode: ErrorCode.MESSAGE_TOO_LARGE });
      expect(await endOffset(client, tight)).toBe(0);
      const wide = await createTopic(client, { configs: { 'max.message.bytes': String(batch.length) } });
      expect(await produce(client, wide, batch)).toMatchObject({ errorCode: ErrorCode.NONE, baseOffset: 0 });
    });

    test('38 zstd is refused before v7, 76; from then on it comes back unchanged', async () => {
      const batch = batchOf(['value'], { compression: Compression.ZSTD });
      await expectRefused(batch, ErrorCode.UNSUPPORTED_COMPRESSION_TYPE, { version: 6 });
      const client = await subject.connect();
      const topic = await createTopic(client);
      expect(await produce(client, topic, batch, { version: 7 })).toMatchObject({ errorCode: ErrorCode.NONE });
      const [stored] = batches(await fetchOne(client, topic, 0));
      expect(stored?.bytes.subarray(BatchLayout.MAGIC)).toEqual(batch.subarray(BatchLayout.MAGIC));
    });

    test.each([5, 6, 7])('39 compression codec %i, which is undefined, is refused', async (codec) => {
      const batch = withHeader(batchOf(), (bytes) => bytes.writeInt16BE(codec, BatchLayout.ATTRIBUTES));
      const { INVALID_RECORD, UNKNOWN_SERVER_ERROR } = ErrorCode;
      await expectRefused(batch, subject.expected({ kafscale: INVALID_RECORD, apacheKafka: UNKNOWN_SERVER_ERROR }));
    });

    test.each(['CreateTime', 'LogAppendTime'] as const)(
      '41 a batch that says LogAppendTime itself, to a topic with %s',
      async (type) => {
        const batch = withHeader(batchOf(), (bytes) =>
          bytes.writeInt16BE(BatchAttributes.LOG_APPEND_TIME, BatchLayout.ATTRIBUTES),
        );
        const client = await subject.connect();
        const topic = await createTopic(client, { configs: { 'message.timestamp.type': type } });
        const { errorCode } = await produce(client, topic, batch);
        const refuses = subject.expected({ kafscale: 'CreateTime', apacheKafka: 'LogAppendTime' });
        expect(errorCode).toBe(type === refuses ? ErrorCode.INVALID_TIMESTAMP : ErrorCode.NONE);
        const stored = batches(await fetchOne(client, topic, 0));
        expect(stored.map(({ timestampType }) => timestampType)).toEqual(type === refuses ? [] : [type]);
      },
    );

    test('42 a batch with a record from too far in the future is refused, 32; with records validated, that is pointed out', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client, { configs: { 'message.timestamp.after.max.ms': String(HOUR_MS) } });
      const timestamp = Date.now();
      const batch = batchOfRecords([{ timestamp }, { timestamp: timestamp + 2 * HOUR_MS }, { timestamp }]);
      const result = await produce(client, topic, batch, { version: 8 });
      expect(result.errorCode).toBe(ErrorCode.INVALID_TIMESTAMP);
      expect(result.recordErrors.map(({ batchIndex }) => batchIndex)).toEqual(
        subject.expected({ kafscale: [], apacheKafka: [1] }),
      );
    });

    test('43 with records validated, one without a key is refused by a compacted topic, 87, and pointed out', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client, { configs: { 'cleanup.policy': 'compact' } });
      const result = await produce(client, topic, batchOfRecords([{ key: 'key' }, { key: null }]), { version: 8 });
      expect(result.errorCode).toBe(
        subject.expected({ kafscale: ErrorCode.NONE, apacheKafka: ErrorCode.INVALID_RECORD }),
      );
      expect(result.recordErrors.map(({ batchIndex }) => batchIndex)).toEqual(
        subject.expected({ kafscale: [], apacheKafka: [1] }),
      );
    });
  });
}

/** One message of the format before record batches: offset, size, CRC-32 (not checked first), magic, and so on. */
function messageSet(): Buffer {
  const message = Buffer.alloc(34);
  message.writeInt32BE(message.length - 12, 8);
  message.writeInt8(1, 16);
  message.writeInt32BE(-1, 26);
  return message;
}
