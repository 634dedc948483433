import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { crc32c } from '../../checksum/crc32c.js';
import { buildRecordBatch } from '../../protocol/records/build-batch.js';
import { RecordBatch } from '../../protocol/records/record-batch.js';
import { decodeSegment } from '../../storage/segment-format.js';
import { decodeSegmentIndex } from '../../storage/segment-index.js';
import { anyBatch } from '../../../test/support/batch-arbitraries.js';
import { SegmentLayoutBuilder } from './segment-layout.js';

const CREATED_AT = 1_700_000_000_123;

/** Batches that follow each other from an offset on, as a log holds them. */
const someBatches = fc
  .tuple(fc.array(anyBatch, { minLength: 1, maxLength: 300 }), fc.nat(2 ** 40))
  .map(([news, from]) => {
    let offset = from;
    return news.map((options) => {
      const batch = new RecordBatch(buildRecordBatch(options));
      batch.assignOffset(offset, 3);
      offset = batch.lastOffset + 1;
      return batch;
    });
  });

function layOut(batches: readonly RecordBatch[]) {
  const builder = new SegmentLayoutBuilder();
  for (const batch of batches) builder.addBatch(batch);
  return builder.build(CREATED_AT);
}

describe('the layout of a segment', () => {
  test('holds the batches as they are, with checksums that were never computed over them', () => {
    fc.assert(
      fc.property(someBatches, (batches) => {
        const { segment, body, crc32c: checksum, index } = layOut(batches);
        const bytes = Buffer.concat(body);
        const stored = decodeSegment(bytes, 's');
        expect(stored.body).toEqual(Buffer.concat(batches.map((batch) => batch.bytes)));
        expect(checksum).toBe(crc32c(bytes));
        const recordCount = batches.reduce((sum, batch) => sum + batch.recordCount, 0);
        const [baseOffset, lastOffset] = [batches[0]!.baseOffset, batches.at(-1)!.lastOffset];
        expect(stored).toMatchObject({ baseOffset, lastOffset, recordCount, createdAt: CREATED_AT });
        const maxTimestamp = Math.max(...batches.map((batch) => batch.maxTimestamp));
        const sizeBytes = bytes.length;
        expect(segment).toEqual({
          baseOffset,
          lastOffset,
          recordCount,
          createdAt: CREATED_AT,
          maxTimestamp,
          sizeBytes,
        });
        const entries = decodeSegmentIndex(index, 'i');
        for (let at = 0; at < entries.entryCount; at += 1) {
          const { offset, position } = entries.entryAt(at);
          expect(bytes.readBigInt64BE(position)).toBe(BigInt(offset));
        }
      }),
      { numRuns: 50 },
    );
  });

  test('bodies of other segments give the same as their batches', () => {
    fc.assert(
      fc.property(someBatches, fc.integer({ min: 1, max: 20 }), (batches, perRun) => {
        const builder = new SegmentLayoutBuilder();
        for (let at = 0; at < batches.length; at += perRun) {
          const run = Buffer.concat(batches.slice(at, at + perRun).map((batch) => batch.bytes));
          builder.addBatches(run, crc32c(run));
        }
        const [whole, merged] = [layOut(batches), builder.build(CREATED_AT)];
        expect({ ...merged, body: Buffer.concat(merged.body) }).toEqual({ ...whole, body: Buffer.concat(whole.body) });
      }),
      { numRuns: 50 },
    );
  });

  test('I3: batches come in offset order', () => {
    const builder = new SegmentLayoutBuilder();
    const batch = new RecordBatch(buildRecordBatch({ records: [{ value: 'a' }] }));
    batch.assignOffset(5, 0);
    builder.addBatch(batch);
    expect(() => builder.addBatch(batch)).toThrow('I3 violated');
  });

  test('there is no segment without batches', () => {
    expect(() => new SegmentLayoutBuilder().build(CREATED_AT)).toThrow(RangeError);
  });
});
