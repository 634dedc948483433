import { describe, expect, test } from '@jest/globals';
import { MetadataFormatError } from './metadata-store.js';
import { decodeStateRecord, encodeStateRecord, newestSegments, type PartitionStateRecord } from './partition-state.js';
import { decodePartitionState, encodePartitionState } from './records.js';
import { decodeShownSegments } from './shown-segments.js';

const SHOWN = [
  { baseOffset: 0, sizeBytes: 100, createdAt: '1970-01-01T00:00:00.001Z' },
  { baseOffset: 2 ** 40, sizeBytes: 200, createdAt: '1970-01-01T00:00:00.002Z' },
];
const WITHOUT_SEGMENTS = {
  topic: 'orders',
  partition: 7,
  leaderBroker: '1',
  leaderEpoch: 3,
  logStartOffset: 1,
  logEndOffset: 2 ** 41,
  highWatermark: 2 ** 41,
  activeSegment: '',
  manifestVersion: 5,
  manifestKey: 'a/key',
  checkpointOffset: 2 ** 40 + 9,
};
const state: PartitionStateRecord = {
  ...WITHOUT_SEGMENTS,
  segments: newestSegments(SHOWN.map((segment) => ({ ...segment, createdAt: Date.parse(segment.createdAt) }))),
};
const entryOf = (value: Buffer) => ({ key: 'topics/orders/partitions/7', value, createRevision: 1, modRevision: 4 });

describe('the state of a partition', () => {
  test('is read by others with its segments', () => {
    const read = decodePartitionState(encodeStateRecord(state), 'key');
    expect(read).toMatchObject({ ...WITHOUT_SEGMENTS, segments: SHOWN });
  });

  test('that others wrote, segments between the other fields, is carried on as it was', () => {
    const written = encodePartitionState({ ...WITHOUT_SEGMENTS, segments: SHOWN });
    const read = decodeStateRecord(entryOf(written));
    expect(read).toMatchObject({ ...WITHOUT_SEGMENTS, modRevision: 4 });
    expect(decodeShownSegments(read.segments)).toEqual(SHOWN);
    const again = decodePartitionState(encodeStateRecord({ ...read, leaderEpoch: 4 }), 'key');
    expect(again).toMatchObject({ ...WITHOUT_SEGMENTS, leaderEpoch: 4, segments: SHOWN });
  });

  test('has no segments before there are any', () => {
    const read = decodeStateRecord(entryOf(encodePartitionState({ ...WITHOUT_SEGMENTS, segments: [] })));
    expect(decodeShownSegments(read.segments)).toEqual([]);
  });

  test('shows the newest 100 segments only', () => {
    const many = Array.from({ length: 300 }, (_, index) => ({ baseOffset: index, sizeBytes: 1, createdAt: index }));
    const shown = decodeShownSegments(newestSegments(many));
    expect(shown.map(({ baseOffset }) => baseOffset)).toEqual(Array.from({ length: 100 }, (_, index) => 200 + index));
  });

  test('that is cut short is refused', () => {
    const written = encodeStateRecord(state);
    for (const length of [written.length - 1, 3]) {
      expect(() => decodeStateRecord(entryOf(written.subarray(0, length)))).toThrow(MetadataFormatError);
    }
  });
});
