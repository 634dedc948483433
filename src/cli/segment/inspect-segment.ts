import { crc32c } from '../../checksum/crc32c.js';
import {
  decodeSegmentFooter,
  decodeSegmentHeader,
  SEGMENT_FOOTER_BYTES,
  SEGMENT_HEADER_BYTES,
  SegmentFormatError,
  type SegmentFooter,
} from '../../storage/segment-format.js';
import { decodeSegmentIndex } from '../../storage/segment-index.js';
import { inspectBatches, noTotals } from './inspect-batches.js';
import { damage, type Item } from './item.js';

/**
 * A segment: header, footer, checksum, batches. Damage does not end it: as much as can be read is shown.
 *
 * @throws SegmentFormatError when its header cannot be read
 */
export function* inspectSegment(object: Buffer, name: string, withRecords: boolean): Generator<Item, void, undefined> {
  const header = decodeSegmentHeader(object, name);
  const footer = footerOf(object, name);
  const bodyEnd = footer instanceof SegmentFormatError ? object.length : object.length - SEGMENT_FOOTER_BYTES;
  const known = footer instanceof SegmentFormatError ? undefined : footer;
  yield {
    type: 'segment',
    position: 0,
    fields: {
      ...header,
      lastOffset: known?.lastOffset,
      sizeBytes: object.length,
      bodyCrc32c: known?.bodyCrc32c.toString(16).padStart(8, '0'),
    },
  };
  if (footer instanceof SegmentFormatError) yield damage(bodyEnd, footer.message);
  else if (crc32c(object.subarray(SEGMENT_HEADER_BYTES, bodyEnd)) !== footer.bodyCrc32c) {
    yield damage(bodyEnd, 'the CRC-32C in the footer is not that of the body');
  }
  const totals = noTotals();
  yield* inspectBatches(object, SEGMENT_HEADER_BYTES, bodyEnd, { withRecords }, totals);
  if (totals.recordCount !== header.recordCount) {
    yield damage(0, `the header counts ${header.recordCount} records, the batches hold ${totals.recordCount}`);
  }
  if (totals.baseOffset !== undefined && totals.baseOffset !== header.baseOffset) {
    yield damage(0, `the header begins at offset ${header.baseOffset}, the batches at ${totals.baseOffset}`);
  }
  if (known !== undefined && totals.lastOffset !== undefined && totals.lastOffset !== known.lastOffset) {
    yield damage(bodyEnd, `the footer ends at offset ${known.lastOffset}, the batches at ${totals.lastOffset}`);
  }
}

/** @throws SegmentFormatError when it is damaged: without a checksum there is nothing that could be trusted */
export function* inspectIndex(object: Buffer, name: string): Generator<Item, void, undefined> {
  const index = decodeSegmentIndex(object, name);
  const { entryCount, interval } = index;
  yield { type: 'index', position: 0, fields: { entryCount, interval, sizeBytes: object.length } };
  for (let i = 0; i < entryCount; i++) {
    const { offset, position } = index.entryAt(i);
    yield { type: 'index-entry', fields: { offset, segmentPosition: position } };
  }
}

function footerOf(object: Buffer, name: string): SegmentFooter | SegmentFormatError {
  try {
    return decodeSegmentFooter(object.subarray(SEGMENT_HEADER_BYTES), name);
  } catch (error) {
    if (error instanceof SegmentFormatError) return error;
    throw error;
  }
}
