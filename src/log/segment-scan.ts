import { BatchLayout, CURRENT_MAGIC, RecordBatch } from '../protocol/records/record-batch.js';
import { SEGMENT_HEADER_BYTES, SegmentFormatError } from '../storage/segment-format.js';
import type { DownloadedRange, Downloads } from './downloads.js';
import type { ReadClass } from './read-budget.js';
import { SegmentCheck } from './segment-check.js';
import { BLOCK_BYTES, bodyEnd, type SegmentBlock, type SegmentRef } from './segment-cut.js';

export interface ScannedBlock {
  readonly block: SegmentBlock;
  /** What was read to find it; undefined for what can't be told apart into batches. */
  readonly read: DownloadedRange | undefined;
}

/**
 * Cuts a segment into blocks by reading it from the front, for segments without a usable index. Behind damage batches
 * can't be found: what is left is one block, which is an error when somebody wants it.
 *
 * @param onDamage called when header or footer don't belong to what is between them, or with the damage inside
 * @throws ObjectStoreError when the segment can't be read now
 */
export async function* scanSegment(
  segment: SegmentRef,
  downloads: Downloads,
  readClass: ReadClass,
  onDamage: (error: SegmentFormatError) => void,
): AsyncGenerator<ScannedBlock, void, undefined> {
  const object = { key: segment.key };
  const end = bodyEnd(segment);
  const check = new SegmentCheck(segment);
  let baseOffset = segment.baseOffset;
  let wanted = BLOCK_BYTES;
  for (let position = SEGMENT_HEADER_BYTES; position < end;) {
    const start = position === SEGMENT_HEADER_BYTES ? 0 : position;
    const length = start + wanted < end ? wanted : segment.sizeBytes - start;
    const { bytes, download } = await downloads.read(segment.key, { start, length }, readClass);
    const run = wholeBatches(bytes.subarray(position - start, end - start));
    if (run.length === 0) {
      const needed = position - start + run.nextBytes;
      if (needed > length && start + needed <= end) {
        wanted = needed;
        continue;
      }
      onDamage(new SegmentFormatError(`${segment.key} holds no batch at byte ${position}`));
      const { lastOffset } = segment;
      yield { block: { object, position, length: end - position, baseOffset, lastOffset }, read: undefined };
      return;
    }
    const body = bytes.subarray(position - start, position - start + run.length);
    position += run.length;
    check.body(body);
    if (start === 0) reportTo(onDamage, () => check.header(bytes));
    if (position === end) reportTo(onDamage, () => check.footer(bytes));
    const { baseOffset: first, lastOffset } = run;
    yield {
      block: { object, position: position - run.length, length: run.length, baseOffset: first, lastOffset },
      read: { bytes: body, download },
    };
    baseOffset = lastOffset + 1;
    wanted = BLOCK_BYTES;
  }
}

/** The batches at the beginning of some bytes that are there from start to end. */
interface WholeBatches {
  /** Bytes. */
  readonly length: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** Bytes of the batch behind them by what its header says; 0 when there is no header. */
  readonly nextBytes: number;
}

function wholeBatches(bytes: Buffer): WholeBatches {
  let length = 0;
  let baseOffset = 0;
  let lastOffset = -1;
  for (;;) {
    const nextBytes = batchBytesAt(bytes, length);
    if (nextBytes === 0 || length + nextBytes > bytes.length) return { length, baseOffset, lastOffset, nextBytes };
    const batch = new RecordBatch(bytes.subarray(length, length + nextBytes));
    if (length === 0) ({ baseOffset } = batch);
    ({ lastOffset } = batch);
    length += nextBytes;
  }
}

/** 0 when no batch begins here. */
function batchBytesAt(bytes: Buffer, at: number): number {
  if (bytes.length - at < BatchLayout.RECORDS || bytes.readInt8(at + BatchLayout.MAGIC) !== CURRENT_MAGIC) return 0;
  const size = BatchLayout.LENGTH_PREFIX + bytes.readInt32BE(at + BatchLayout.BATCH_LENGTH);
  return size < BatchLayout.RECORDS ? 0 : size;
}

function reportTo(onDamage: (error: SegmentFormatError) => void, check: () => void): void {
  try {
    check();
  } catch (error) {
    if (!(error instanceof SegmentFormatError)) throw error;
    onDamage(error);
  }
}
