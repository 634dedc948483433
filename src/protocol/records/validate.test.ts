import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyBatch } from '../../../test/support/batch-arbitraries.js';
import { ErrorCode, KafkaError } from '../errors.js';
import { buildRecordBatch, type NewBatch } from './build-batch.js';
import { compress, Compression, DEFAULT_MAX_CONTENT_BYTES } from './compression.js';
import { InvalidRecordsError, type ProduceRules } from './produce-rules.js';
import { BatchLayout, RecordBatch } from './record-batch.js';
import { parseProducedBatch } from './validate.js';

const NOW = 1_750_000_000_000;
const HOUR = 3_600_000;

const rules: ProduceRules = {
  produceVersion: 13,
  maxMessageBytes: 1_048_588,
  logAppendTime: false,
  deep: false,
  now: NOW,
  timestampBeforeMaxMs: Number.POSITIVE_INFINITY,
  timestampAfterMaxMs: Number.POSITIVE_INFINITY,
  compacted: false,
};
const deep: ProduceRules = { ...rules, deep: true };

const simple: NewBatch = {
  records: [
    { key: 'a', value: '1', timestamp: NOW },
    { key: 'b', value: '2', timestamp: NOW },
  ],
};

/** A batch with `change` made to its bytes, under a CRC that is right again. */
function forged(change: (bytes: Buffer) => void, source: NewBatch = simple): Buffer {
  const bytes = buildRecordBatch(source);
  change(bytes);
  return withCrc(bytes);
}

/** A batch that counts `recordCount` records and has `content` for them. */
function withContent(content: Buffer, recordCount: number, compression: Compression = Compression.NONE): Buffer {
  const bytes = Buffer.concat([
    buildRecordBatch(simple).subarray(0, BatchLayout.RECORDS),
    compress(content, compression),
  ]);
  bytes.writeInt32BE(bytes.length - BatchLayout.LENGTH_PREFIX, BatchLayout.BATCH_LENGTH);
  bytes.writeInt16BE(compression, BatchLayout.ATTRIBUTES);
  bytes.writeInt32BE(recordCount, BatchLayout.RECORD_COUNT);
  bytes.writeInt32BE(recordCount - 1, BatchLayout.LAST_OFFSET_DELTA);
  return withCrc(bytes);
}

function withCrc(bytes: Buffer): Buffer {
  bytes.writeUInt32BE(new RecordBatch(bytes).computeCrc(), BatchLayout.CRC);
  return bytes;
}

function refusal(records: Buffer | null, under: ProduceRules = rules): KafkaError {
  try {
    parseProducedBatch(records, under);
  } catch (error) {
    if (error instanceof KafkaError) return error;
    throw error;
  }
  throw new Error('the batch was accepted');
}

/** The indexes of the records that a refusal names. */
function refusedRecords(error: KafkaError): number[] {
  if (!(error instanceof InvalidRecordsError)) throw error;
  return error.recordErrors.map(({ batchIndex }) => batchIndex);
}

describe('a produced batch', () => {
  test('that is valid is taken as it is, without a copy', () => {
    fc.assert(
      fc.property(anyBatch, fc.boolean(), (source, checkDeep) => {
        const bytes = buildRecordBatch(source);
        const before = Buffer.from(bytes);
        expect(parseProducedBatch(bytes, { ...rules, deep: checkDeep }).bytes).toBe(bytes);
        expect(bytes.equals(before)).toBe(true);
      }),
    );
  });

  test('with any byte under the CRC, or the CRC itself, altered is CORRUPT_MESSAGE', () => {
    fc.assert(
      fc.property(anyBatch, fc.nat(), fc.integer({ min: 1, max: 255 }), (source, position, flip) => {
        const bytes = buildRecordBatch(source);
        const at = BatchLayout.CRC + (position % (bytes.length - BatchLayout.CRC));
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        expect(refusal(bytes).code).toBe(ErrorCode.CORRUPT_MESSAGE);
      }),
    );
  });

  test('with any byte altered is refused, the leader epoch excepted, which the broker writes', () => {
    const whole = buildRecordBatch(simple);
    for (let at = 0; at < whole.length; at++) {
      if (at >= 12 && at < 16) continue;
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 0x41;
      expect(refusal(bytes)).toBeInstanceOf(KafkaError);
    }
  });

  test('cut off anywhere is refused', () => {
    const whole = buildRecordBatch(simple);
    for (let length = 0; length < whole.length; length++) {
      const { code } = refusal(whole.subarray(0, length));
      expect(code).toBe(length === 0 ? ErrorCode.INVALID_RECORD : ErrorCode.CORRUPT_MESSAGE);
    }
  });

  test('may take exactly max.message.bytes, and not one byte more', () => {
    const bytes = buildRecordBatch(simple);
    expect(parseProducedBatch(bytes, { ...rules, maxMessageBytes: bytes.length }).sizeInBytes).toBe(bytes.length);
    expect(refusal(bytes, { ...rules, maxMessageBytes: bytes.length - 1 }).code).toBe(ErrorCode.MESSAGE_TOO_LARGE);
  });

  test.each<[string, Buffer | null]>([
    ['is null', null],
    ['is empty', Buffer.alloc(0)],
    ['is followed by a second', Buffer.concat([buildRecordBatch(simple), buildRecordBatch(simple)])],
    ['is followed by junk', Buffer.concat([buildRecordBatch(simple), Buffer.alloc(3)])],
    ['is a message set of magic 1', forged((bytes) => bytes.writeInt8(1, BatchLayout.MAGIC))],
    ['is a short message of magic 0', Buffer.alloc(30)],
    ['is of a magic to come', forged((bytes) => bytes.writeInt8(3, BatchLayout.MAGIC))],
    ['has a base offset', forged((bytes) => new RecordBatch(bytes).assignOffset(5, 0))],
    ['counts one record too many', forged((bytes) => bytes.writeInt32BE(3, BatchLayout.RECORD_COUNT))],
    ['counts no records', forged((bytes) => bytes.writeInt32BE(0, BatchLayout.RECORD_COUNT))],
    [
      'counts no records up to offset delta -1',
      forged((bytes) => {
        bytes.writeInt32BE(0, BatchLayout.RECORD_COUNT);
        bytes.writeInt32BE(-1, BatchLayout.LAST_OFFSET_DELTA);
      }),
    ],
    [
      'counts a negative number',
      forged((bytes) => {
        bytes.writeInt32BE(-5, BatchLayout.RECORD_COUNT);
        bytes.writeInt32BE(-6, BatchLayout.LAST_OFFSET_DELTA);
      }),
    ],
    ['has the control bit', buildRecordBatch({ ...simple, isControl: true })],
    ['has a producer id without a sequence', buildRecordBatch({ ...simple, producerId: 9, producerEpoch: 0 })],
    ['has codec 5', forged((bytes) => bytes.writeInt16BE(5, BatchLayout.ATTRIBUTES))],
    ['has codec 7', forged((bytes) => bytes.writeInt16BE(7, BatchLayout.ATTRIBUTES))],
  ])('that %s is INVALID_RECORD', (_name, records) => {
    expect(refusal(records).code).toBe(ErrorCode.INVALID_RECORD);
  });

  test('in zstd needs Produce 7', () => {
    const bytes = buildRecordBatch({ ...simple, compression: Compression.ZSTD });
    expect(refusal(bytes, { ...rules, produceVersion: 6 }).code).toBe(ErrorCode.UNSUPPORTED_COMPRESSION_TYPE);
    expect(parseProducedBatch(bytes, { ...rules, produceVersion: 7 }).compression).toBe(Compression.ZSTD);
  });

  test('that is later than the topic allows, by its header, is INVALID_TIMESTAMP', () => {
    const ahead = (ms: number) => buildRecordBatch({ records: [{ key: 'k', value: 'v', timestamp: NOW + ms }] });
    const bounded = { ...rules, timestampAfterMaxMs: HOUR };
    expect(refusal(ahead(HOUR + 1), bounded).code).toBe(ErrorCode.INVALID_TIMESTAMP);
    expect(parseProducedBatch(ahead(HOUR), bounded).recordCount).toBe(1);
    expect(parseProducedBatch(ahead(HOUR + 1), { ...bounded, logAppendTime: true }).recordCount).toBe(1);
  });

  test('that says LogAppendTime is INVALID_TIMESTAMP on a CreateTime topic only', () => {
    const bytes = buildRecordBatch({ ...simple, logAppendTime: true });
    expect(refusal(bytes).code).toBe(ErrorCode.INVALID_TIMESTAMP);
    expect(parseProducedBatch(bytes, { ...rules, logAppendTime: true }).timestampType).toBe('LogAppendTime');
  });
});

describe('deep validation', () => {
  const bounded: ProduceRules = { ...deep, timestampBeforeMaxMs: HOUR, timestampAfterMaxMs: HOUR };
  const at = (...timestamps: number[]) =>
    buildRecordBatch({ records: timestamps.map((timestamp) => ({ key: 'k', value: 'v', timestamp })) });

  test('takes timestamps at the bounds, and records without one', () => {
    expect(parseProducedBatch(at(NOW - HOUR, NOW + HOUR, -1), bounded).recordCount).toBe(3);
  });

  test('names the records whose timestamps are out of bounds', () => {
    const error = refusal(at(NOW, NOW + 2 * HOUR, NOW - HOUR - 1), bounded);
    expect(error.code).toBe(ErrorCode.INVALID_TIMESTAMP);
    expect(refusedRecords(error)).toEqual([1, 2]);
  });

  test('leaves timestamps alone where the broker sets them', () => {
    expect(parseProducedBatch(at(NOW + 2 * HOUR), { ...bounded, logAppendTime: true }).recordCount).toBe(1);
  });

  test('names the records without a key on a compacted topic', () => {
    const bytes = buildRecordBatch({ records: [{ key: 'k', value: 'v' }, { value: 'v' }, { key: '', value: null }] });
    const error = refusal(bytes, { ...deep, compacted: true });
    expect(error.code).toBe(ErrorCode.INVALID_RECORD);
    expect(refusedRecords(error)).toEqual([1]);
    expect(parseProducedBatch(bytes, deep).recordCount).toBe(3);
  });

  test('names at most a hundred records', () => {
    const error = refusal(at(...Array.from({ length: 500 }, () => 0)), bounded);
    expect(refusedRecords(error)).toHaveLength(100);
  });

  test('corrects the largest timestamp in the header', () => {
    const bytes = forged((batch) => batch.writeBigInt64BE(1n, BatchLayout.MAX_TIMESTAMP));
    expect(parseProducedBatch(bytes, deep).maxTimestamp).toBe(NOW);
    expect(parseProducedBatch(bytes, rules).maxTimestamp).toBe(NOW);
  });

  test.each(Object.entries(Compression))('refuses records that are not what is counted (%s)', (_name, codec) => {
    const content = new RecordBatch(buildRecordBatch(simple)).recordBytes;
    expect(parseProducedBatch(withContent(content, 2, codec), deep).recordCount).toBe(2);
    for (const [altered, count] of [
      [content, 1],
      [content, 3],
      [Buffer.concat([content, Buffer.from([0])]), 2],
      [content.subarray(0, -1), 2],
      [Buffer.concat([content.subarray(content.length / 2), content.subarray(0, content.length / 2)]), 2],
    ] as const) {
      expect(refusal(withContent(altered, count, codec), deep).code).toBe(ErrorCode.INVALID_RECORD);
    }
  });

  test('refuses records that are not what the codec writes', () => {
    for (const codec of [Compression.GZIP, Compression.SNAPPY, Compression.LZ4, Compression.ZSTD]) {
      const bytes = withContent(Buffer.alloc(40, 0xee), 2);
      bytes.writeInt16BE(codec, BatchLayout.ATTRIBUTES);
      expect(refusal(withCrc(bytes), deep).code).toBe(ErrorCode.INVALID_RECORD);
    }
  });

  test('answers a decompression bomb with MESSAGE_TOO_LARGE', () => {
    const bomb = withContent(Buffer.alloc(DEFAULT_MAX_CONTENT_BYTES + 1), 2, Compression.ZSTD);
    expect(bomb.length).toBeLessThan(100_000);
    expect(refusal(bomb, deep).code).toBe(ErrorCode.MESSAGE_TOO_LARGE);
  });
});
