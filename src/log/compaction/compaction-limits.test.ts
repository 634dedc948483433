import { describe, expect, test } from '@jest/globals';
import { compactionLimitsOf } from './compaction-limits.js';

const MIB = 1024 * 1024;
const BROKER = { segmentBytes: 64 * MIB, maxAgeMs: 600_000 };
const OVERHEAD = 48;

describe('limits of compaction', () => {
  test.each<[string, Record<string, string>, number, number]>([
    ['a topic that says nothing', {}, 64 * MIB, 600_000],
    ['smaller segments', { 'segment.bytes': `${16 * MIB}` }, 16 * MIB, 600_000],
    ['larger segments than the broker makes', { 'segment.bytes': `${1024 * MIB}` }, 64 * MIB, 600_000],
    ['segments so small that requests would cost more than the records', { 'segment.bytes': '14' }, MIB, 600_000],
    ['younger segments', { 'segment.ms': '60000' }, 64 * MIB, 60_000],
    ['older segments than the broker makes', { 'segment.ms': '604800000' }, 64 * MIB, 600_000],
    ['values that are none', { 'segment.bytes': 'many', 'segment.ms': 'soon' }, 64 * MIB, 600_000],
  ])('%s', (_, configs, segmentBytes, maxAgeMs) => {
    const limits = compactionLimitsOf(BROKER, new Map(Object.entries(configs)));
    expect(limits).toEqual({ segmentBytes: segmentBytes - OVERHEAD, maxAgeMs });
  });

  test('positions in a segment have 31 bits', () => {
    const { segmentBytes } = compactionLimitsOf({ ...BROKER, segmentBytes: 2 ** 31 }, new Map());
    expect(segmentBytes + OVERHEAD).toBe(2 ** 31 - 1);
  });
});
