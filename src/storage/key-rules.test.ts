import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { assertObjectKey, compareKeys } from './key-rules.js';

describe('object keys', () => {
  test.each([
    'a',
    'default/_kafscale/wal/f00d/00000000000000000001',
    'a b/ü+&<%2e>',
    '🙂',
    '...',
    'a/.b',
    '-',
    'k'.repeat(255),
  ])('accepts %p', (key) => expect(() => assertObjectKey(key)).not.toThrow());

  test.each([
    ['', 'empty'],
    ['/etc/passwd', 'slash'],
    ['a/', 'slash'],
    ['a//b', 'slash'],
    ['..', 'segment ".."'],
    ['a/../b', 'segment ".."'],
    ['./a', 'segment "."'],
    ['a\0b', 'control character'],
    ['a\nb', 'control character'],
    ['a\\b', 'backslash'],
    ['a\ud800', 'surrogate'],
    [`a/${'k'.repeat(256)}`, 'segment longer than 255 bytes'],
    ['é'.repeat(128), 'segment longer than 255 bytes'],
    [Array(600).fill('k').join('/'), 'longer than 1024 bytes'],
  ])('refuses %p', (key, why) => {
    expect(() => assertObjectKey(key)).toThrow(RangeError);
    expect(() => assertObjectKey(key)).toThrow(why);
  });
});

test('keys are ordered by their UTF-8 bytes', () => {
  const key = fc.string({ unit: 'binary', maxLength: 6 });
  fc.assert(
    fc.property(key, key, (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
    {
      numRuns: 2000,
      examples: [
        ['\uffff', '\u{10000}'],
        ['a', 'ab'],
        ['', ''],
      ],
    },
  );
});
