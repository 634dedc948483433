import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareKeys } from './key-rules.js';
import {
  assertNamespace,
  manifestKey,
  manifestsPrefix,
  mergedWalObjectKey,
  parseManifestKey,
  parseSegmentKey,
  parseWalKey,
  segmentIndexKey,
  segmentKey,
  topicObjectsPrefix,
  walObjectKey,
  walPrefix,
} from './object-keys.js';

describe('keys of WAL objects', () => {
  test('have the documented form', () => {
    expect(walObjectKey('default', 'f00d', 42)).toBe('default/_kafscale/wal/f00d/00000000000000000042');
    expect(walPrefix('default')).toBe('default/_kafscale/wal/');
    expect(walPrefix('default', 'f00d')).toBe('default/_kafscale/wal/f00d/');
  });

  test('of merged objects follow the last one that they replace', () => {
    const key = mergedWalObjectKey('default', 'f00d', 42, '0badf00d');
    expect(key).toBe('default/_kafscale/wal/f00d/00000000000000000042-0badf00d');
    expect(compareKeys(walObjectKey('default', 'f00d', 42), key)).toBeLessThan(0);
    expect(compareKeys(key, walObjectKey('default', 'f00d', 43))).toBeLessThan(0);
    expect(() => mergedWalObjectKey('default', 'f00d', 42, 'xyz')).toThrow('suffix');
  });

  test('are told apart again', () => {
    const parts = { namespace: 'default', incarnationId: 'f00d', sequence: 42 };
    expect(parseWalKey(walObjectKey('default', 'f00d', 42))).toEqual({ ...parts, suffix: undefined });
    expect(parseWalKey(mergedWalObjectKey('default', 'f00d', 42, '0badf00d'))).toEqual({
      ...parts,
      suffix: '0badf00d',
    });
    for (const other of ['42', '00000000000000000042-x', '99999999999999999999', '00000000000000000042/x']) {
      expect(parseWalKey(`default/_kafscale/wal/f00d/${other}`)).toBeUndefined();
    }
    expect(parseWalKey('default/_kafscale/wal/f/00d/00000000000000000042')).toBeUndefined();
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

describe('keys of segments', () => {
  test('have the documented form', () => {
    const name = { baseOffset: 42 };
    expect(topicObjectsPrefix('prod', 'orders')).toBe('prod/orders/');
    expect(segmentKey('prod', 'orders', 3, name)).toBe('prod/orders/3/segment-00000000000000000042.kfs');
    expect(segmentIndexKey('prod', 'orders', 3, name)).toBe('prod/orders/3/segment-00000000000000000042.index');
    expect(segmentKey('prod', 'orders', 3, { baseOffset: 42, suffix: '00ff00ff' })).toBe(
      'prod/orders/3/segment-00000000000000000042-00ff00ff.kfs',
    );
  });

  const topic = fc.stringMatching(/^[A-Za-z0-9._-]{1,40}$/).filter((name) => !['.', '..', '_kafscale'].includes(name));
  const suffix = fc.stringMatching(/^[0-9a-f]{8}$/);

  test('are read back', () => {
    fc.assert(
      fc.property(topic, fc.nat(), fc.maxSafeNat(), fc.option(suffix, { nil: undefined }), (name, p, offset, hex) => {
        const parts = { namespace: 'default', topic: name, partition: p, name: { baseOffset: offset, suffix: hex } };
        expect(parseSegmentKey(segmentKey('default', name, p, parts.name))).toEqual({ ...parts, kind: 'segment' });
        expect(parseSegmentKey(segmentIndexKey('default', name, p, parts.name))).toEqual({ ...parts, kind: 'index' });
      }),
    );
  });

  test.each([
    'default/orders/0/segment-42.kfs',
    'default/orders/00/segment-00000000000000000042.kfs',
    'default/orders/2147483648/segment-00000000000000000042.kfs',
    'default/orders/0/segment-99999999999999999999.kfs',
    'default/orders/0/segment-00000000000000000042-00FF00FF.kfs',
    'default/orders/0/segment-00000000000000000042.kfs.tmp',
    'default/_kafscale/0/segment-00000000000000000042.kfs',
    'default/../0/segment-00000000000000000042.kfs',
    'more/default/orders/0/segment-00000000000000000042.kfs',
    walObjectKey('default', 'f00d', 42),
  ])('are not %p', (key) => {
    expect(parseSegmentKey(key)).toBeUndefined();
  });

  test.each(['', '.', '..', 'a/b', '_kafscale', 'ü', 'a'.repeat(250)])('refuse the topic %p', (name) => {
    expect(() => segmentKey('default', name, 0, { baseOffset: 0 })).toThrow('invalid topic name');
  });

  test('refuse what would not be found again', () => {
    expect(() => segmentKey('default', 'orders', -1, { baseOffset: 0 })).toThrow('partition');
    expect(() => segmentKey('default', 'orders', 0, { baseOffset: -1 })).toThrow('base offset');
    expect(() => segmentKey('default', 'orders', 0, { baseOffset: 0, suffix: 'ABCDEF01' })).toThrow('suffix');
  });
});

describe('keys of manifests', () => {
  const topicId = 'AAECAwQFBgcICQoLDA0ODw';

  test('have the documented form', () => {
    const key = 'default/_kafscale/manifests/AAECAwQFBgcICQoLDA0ODw/3/00000000000000000007-0badf00d';
    expect(manifestKey('default', topicId, 3, 7, '0badf00d')).toBe(key);
    expect(parseManifestKey(key)).toEqual({
      namespace: 'default',
      topicId,
      partition: 3,
      version: 7,
      suffix: '0badf00d',
    });
    expect(manifestsPrefix('default')).toBe('default/_kafscale/manifests/');
    expect(manifestsPrefix('default', topicId)).toBe(`default/_kafscale/manifests/${topicId}/`);
    expect(manifestsPrefix('default', topicId, 3)).toBe(`default/_kafscale/manifests/${topicId}/3/`);
  });

  test('sort by version', () => {
    const version = fc.maxSafeNat();
    fc.assert(
      fc.property(version, version, (a, b) => {
        const order = compareKeys(
          manifestKey('n', topicId, 0, a, '00000000'),
          manifestKey('n', topicId, 0, b, '00000000'),
        );
        expect(Math.sign(order)).toBe(Math.sign(a - b));
      }),
    );
  });

  test('refuse what would not be found again', () => {
    expect(() => manifestKey('default', 'short', 0, 0, '00000000')).toThrow('topic id');
    expect(() => manifestKey('default', topicId, 0, -1, '00000000')).toThrow('version');
    expect(() => manifestKey('default', topicId, 0, 0, 'xyz')).toThrow('suffix');
    expect(parseManifestKey(walObjectKey('default', 'f00d', 42))).toBeUndefined();
  });
});
