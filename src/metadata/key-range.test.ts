import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { prefixEnd } from './key-range.js';

test('the end of a prefix parts the keys that start with it from those beyond', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 4 }), fc.uint8Array({ maxLength: 6 }), (prefixBytes, keyBytes) => {
      const prefix = Buffer.from(prefixBytes);
      const key = Buffer.from(keyBytes);
      const end = prefixEnd(prefix);
      const isWithin = Buffer.compare(key, prefix) >= 0 && (end === undefined || Buffer.compare(key, end) < 0);
      expect(isWithin).toBe(key.subarray(0, prefix.length).equals(prefix));
    }),
    { numRuns: 500, examples: [[new Uint8Array([1, 255]), new Uint8Array([2])]] },
  );
});

test('some prefixes have no end', () => {
  expect(prefixEnd(Buffer.from([]))).toBeUndefined();
  expect(prefixEnd(Buffer.from([255, 255]))).toBeUndefined();
});
