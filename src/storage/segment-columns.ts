import type { kafscale } from '../generated/storage.js';
import type { SegmentName } from './object-keys.js';
import { MAX_SEGMENT_BYTES } from './segment-format.js';
import { storableTimestamp } from './wal-format.js';
import { VarintColumnReader, VarintColumnWriter } from './varint-column.js';

/** What a manifest says of one segment. */
export interface Segment extends SegmentName {
  /** Inclusive. */
  readonly lastOffset: number;
  /** Of the whole `.kfs` object, 1 to 2^31 − 1. */
  readonly sizeBytes: number;
  readonly recordCount: number;
  /** Largest record timestamp, ms since the Unix epoch; −1 without any. Stored within −1 and 2^53 − 1. */
  readonly maxTimestamp: number;
  /** ms since the Unix epoch. */
  readonly createdAt: number;
  readonly suffix: string | undefined;
}

const COLUMNS = [
  'gap',
  'lastOffsetDelta',
  'sizeBytes',
  'maxTimestampDelta',
  'createdAtDelta',
  'missingRecords',
  'suffix',
] as const;
type Column = (typeof COLUMNS)[number];

type StoredColumns = Record<Column, Uint8Array> & { count: number };

/** The segments as columns of differences: 12 to 20 bytes for each. They must have passed {@link faultOfSegments}. */
export function encodeSegmentColumns(segments: readonly Segment[]): StoredColumns {
  const columns = eachColumn(() => new VarintColumnWriter(segments.length));
  let end = 0;
  let maxTimestamp = 0;
  let createdAt = 0;
  for (const segment of segments) {
    const span = segment.lastOffset + 1 - segment.baseOffset;
    columns.gap.unsigned(segment.baseOffset - end);
    columns.lastOffsetDelta.unsigned(span - 1);
    columns.sizeBytes.unsigned(segment.sizeBytes);
    columns.maxTimestampDelta.signed(storableTimestamp(segment.maxTimestamp) - maxTimestamp);
    columns.createdAtDelta.signed(segment.createdAt - createdAt);
    columns.missingRecords.signed(span - segment.recordCount);
    columns.suffix.unsigned(segment.suffix === undefined ? 0 : parseInt(segment.suffix, 16) + 1);
    maxTimestamp = storableTimestamp(segment.maxTimestamp);
    createdAt = segment.createdAt;
    end = segment.lastOffset + 1;
  }
  return { count: segments.length, ...eachColumn((column) => columns[column].finish()) };
}

/**
 * Reads the columns. What the numbers mean together is for {@link faultOfSegments} to judge.
 *
 * @throws RangeError when the columns don't hold `count` values each
 */
export function decodeSegmentColumns(stored: kafscale.storage.SegmentColumns.$Properties): Segment[] {
  const columns = eachColumn((column) => new VarintColumnReader(stored[column] ?? Buffer.alloc(0)));
  const segments: Segment[] = [];
  let end = 0;
  let maxTimestamp = 0;
  let createdAt = 0;
  // Nothing is allocated by the count: a wrong one ends with the bytes.
  for (let left = stored.count ?? 0; left > 0; left--) {
    const baseOffset = end + columns.gap.unsigned();
    const span = columns.lastOffsetDelta.unsigned() + 1;
    const sizeBytes = columns.sizeBytes.unsigned();
    maxTimestamp += columns.maxTimestampDelta.signed();
    createdAt += columns.createdAtDelta.signed();
    const recordCount = span - columns.missingRecords.signed();
    const suffix = suffixOf(columns.suffix.unsigned());
    end = baseOffset + span;
    segments.push({ baseOffset, lastOffset: end - 1, sizeBytes, recordCount, maxTimestamp, createdAt, suffix });
  }
  for (const column of COLUMNS) {
    if (!columns[column].ended) throw new RangeError(`column ${column} has more than ${segments.length} values`);
  }
  return segments;
}

/** What is wrong with a list of segments; undefined when it can be that of a partition. */
export function faultOfSegments(segments: readonly Segment[]): string | undefined {
  let last = -1;
  for (const segment of segments) {
    if (!isPossible(segment)) return `segment ${segment.baseOffset} has impossible numbers`;
    if (segment.baseOffset <= last) return `segment ${segment.baseOffset} overlaps the one before, up to ${last}`;
    last = segment.lastOffset;
  }
  return undefined;
}

function isPossible(segment: Segment): boolean {
  return (
    segment.baseOffset >= 0 &&
    segment.lastOffset >= segment.baseOffset &&
    segment.sizeBytes > 0 &&
    segment.sizeBytes <= MAX_SEGMENT_BYTES &&
    segment.recordCount >= 0 &&
    segment.recordCount <= segment.lastOffset - segment.baseOffset + 1 &&
    segment.createdAt >= 0 &&
    Number.isSafeInteger(segment.lastOffset) &&
    Number.isSafeInteger(segment.createdAt) &&
    (segment.suffix === undefined || segment.suffix.length === SUFFIX_DIGITS)
  );
}

const SUFFIX_DIGITS = 8;

function suffixOf(stored: number): string | undefined {
  return stored === 0 ? undefined : (stored - 1).toString(16).padStart(SUFFIX_DIGITS, '0');
}

function eachColumn<T>(make: (column: Column) => T): Record<Column, T> {
  return Object.fromEntries(COLUMNS.map((column) => [column, make(column)])) as Record<Column, T>;
}
