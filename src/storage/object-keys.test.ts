import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareKeys } from './key-rules.js';
import { assertNamespace, walObjectKey, walPrefix } from './object-keys.js';

describe('keys of WAL objects', () => {
  test('have the documented form', () => {
    expect(walObjectKey('default', 'f00d', 42)).toBe('default/_kafscale/wal/f00d/00000000000000000042');
    expect(walPrefix('default')).toBe('default/_kafscale/wal/');
    expect(walPrefix('default', 'f00d')).toBe('default/_kafscale/wal/f00d/');
  });

  test('sort by sequence', () => {
    const sequence = fc.maxSafeNat();
    fc.assert(
      fc.property(sequence, sequence, (a, b) => {
        const order = compareKeys(walObjectKey('n', 'x', a), walObjectKey('n', 'x', b));
        expect(Math.sign(order)).toBe(Math.sign(a - b));
      }),
    );
  });

  test.each(['', '.', '..', '../other', 'a/b', '_kafscale', '-a', 'a b', 'ü', 'a'.repeat(129)])(
    'refuse the namespace %p',
    (namespace) => {
      expect(() => assertNamespace(namespace)).toThrow(RangeError);
      expect(() => walObjectKey(namespace, 'f00d', 0)).toThrow('invalid namespace');
    },
  );

  test.each(['', '..', 'a/b', 'a'.repeat(65)])('refuse the incarnation id %p', (incarnationId) => {
    expect(() => walObjectKey('default', incarnationId, 0)).toThrow('invalid incarnation id');
  });

  test.each([-1, 1.5, Number.NaN, 2 ** 53])('refuse the sequence %p', (sequence) => {
    expect(() => walObjectKey('default', 'f00d', sequence)).toThrow('sequence');
  });
});
