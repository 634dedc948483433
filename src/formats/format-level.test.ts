import { describe, expect, test } from '@jest/globals';
import {
  canRead,
  formatLevel,
  isSupported,
  newestVersion,
  raiseFormatLevel,
  SUPPORTED_FORMAT_LEVELS,
  writtenVersion,
} from './format-level.js';
import { FORMAT_LEVELS } from './levels.js';

const formats = ['metadataRecord', 'walObject', 'manifest', 'metadataMark'] as const;

describe('format levels', () => {
  test('of a later level, no format is older', () => {
    FORMAT_LEVELS.forEach((versions, index) => {
      const before = FORMAT_LEVELS[index - 1];
      for (const format of formats) expect(versions[format]).toBeGreaterThanOrEqual(before?.[format] ?? 1);
    });
  });

  test('until the cluster has told its level, the oldest is written', () => {
    expect(formatLevel()).toBe(SUPPORTED_FORMAT_LEVELS.min);
    for (const format of formats) expect(writtenVersion(format)).toBeLessThanOrEqual(newestVersion(format));
  });

  test('that are not supported cannot be written', () => {
    const { min, max } = SUPPORTED_FORMAT_LEVELS;
    for (const level of [min - 1, max + 1]) {
      expect(isSupported(level)).toBe(false);
      expect(() => raiseFormatLevel(level)).toThrow(RangeError);
    }
    expect(formatLevel()).toBe(min);
    raiseFormatLevel(min);
    expect(formatLevel()).toBe(min);
  });

  test('every version up to the newest is read', () => {
    for (const format of formats) {
      const newest = newestVersion(format);
      expect([0, 1, newest, newest + 1].map((version) => canRead(format, version))).toEqual([false, true, true, false]);
    }
  });
});
