import { describe, expect, test } from '@jest/globals';
import type { Infer, Input } from './declare.js';
import { array, bytes, int32, int64, Message, parseVersions, string, struct, uuid } from './declare.js';
import { INT64_MAX, MalformedRequestError, MAX_ARRAY_ELEMENTS, ZERO_UUID } from './index.js';

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex');

const point = { x: int32(), y: int32('all', { default: -1 }) };
const fields = {
  name: string('all', { nullable: '1+' }),
  label: string('0-1', { nullable: true, default: null }),
  size: int64('1+', { default: -1, ignorable: true }),
  id: uuid('2+', { ignorable: true }),
  origin: struct('2+', point, { nullable: true, default: null }),
  blob: bytes('2+', { tag: 1 }),
  corner: struct('2+', point, { nullable: true, default: null, tag: 0 }),
  shades: array('2+', 'int16', { tag: 3 }),
  centre: struct('2+', point, { tag: 2 }),
};
const Sample = new Message('sample', parseVersions('0-2'), parseVersions('2+'), fields);

/** What stands in front of the tagged section in v2: name "n", size -1, no id, origin null. */
const V2_BODY = `02 6e ${'ff'.repeat(8)} ${'00'.repeat(16)} ff`;

describe('versions', () => {
  test('decode to objects of the same fields in the same order', () => {
    const decoded = [0, 1, 2].map((version) => Sample.decode(Sample.encode({ name: 'n' }, version), version));

    for (const object of decoded) expect(Object.keys(object)).toEqual(Object.keys(fields));
    expect(decoded[0]).toEqual({
      name: 'n',
      label: null,
      size: -1,
      id: ZERO_UUID,
      origin: null,
      blob: Buffer.alloc(0),
      corner: null,
      shades: [],
      centre: { x: 0, y: -1 },
    });
  });

  test('each have their own wire form', () => {
    const value: Input<typeof fields> = { name: 'n', label: 'l', size: 5 };

    expect(Sample.encode(value, 0)).toEqual(hex('0001 6e 0001 6c'));
    expect(Sample.encode(value, 1)).toEqual(hex('0001 6e 0001 6c 0000000000000005'));
    expect(Sample.encode({ name: 'n' }, 2)).toEqual(hex(`${V2_BODY} 00`));
  });

  test('differ in where null is allowed', () => {
    expect(() => Sample.encode({ name: null }, 0)).toThrow('name cannot be null');
    expect(() => Sample.decode(hex('ffff ffff'), 0)).toThrow(MalformedRequestError);
    expect(Sample.decode(hex(`ffff ffff ${'00'.repeat(8)}`), 1)).toMatchObject({ name: null });
  });

  test('drop what they cannot carry; strict encoding refuses to, unless the field is ignorable', () => {
    expect(Sample.encode({ name: 'n', label: 'l' }, 2)).toEqual(hex(`${V2_BODY} 00`));
    expect(() => Sample.encode({ name: 'n', label: 'l' }, 2, { strict: true })).toThrow('label has a value');
    expect(() => Sample.encode({ name: 'n', size: 5 }, 0, { strict: true })).not.toThrow();
    expect(() => Sample.encode({ name: 'n', shades: [1] }, 0, { strict: true })).toThrow('shades has a value');
    expect(() => Sample.encode({ name: 'n', shades: [], corner: null }, 0, { strict: true })).not.toThrow();
  });

  test.each([-1, 3, 0.5])('outside the declared ones do not exist: %d', (version) => {
    expect(() => Sample.encode({ name: '' }, version)).toThrow(RangeError);
    expect(() => Sample.decode(Buffer.alloc(9), version)).toThrow(RangeError);
  });
});

describe('tagged fields', () => {
  test('are sent when they differ from their default, in the order of their tags', () => {
    const value: Input<typeof fields> = {
      name: 'n',
      blob: hex('aabb'),
      corner: { x: 1, y: 2 },
      centre: { x: 0, y: -1 },
      shades: [7],
    };
    const corner = '00 0a 01 00000001 00000002 00';
    const blob = '01 03 03 aabb';
    const shades = '03 03 02 0007';

    const encoded = Sample.encode(value, 2);

    expect(encoded).toEqual(hex(`${V2_BODY} 03 ${corner} ${blob} ${shades}`));
    expect(Sample.decode(encoded, 2)).toMatchObject(value);
  });

  test('may be longer than one byte of varint says', () => {
    const blob = Buffer.alloc(70_000, 'x');

    expect(Sample.decode(Sample.encode({ name: 'n', blob }, 2), 2).blob).toEqual(blob);
  });

  test('that are not known are skipped', () => {
    const encoded = hex(`${V2_BODY} 02 03 03 02 0007 ffff03 04 deadbeef`);

    expect(Sample.decode(encoded, 2)).toMatchObject({ name: 'n', shades: [7] });
  });

  test('may say null for a struct', () => {
    expect(Sample.decode(hex(`${V2_BODY} 01 00 01 00`), 2).corner).toBeNull();
  });
});

describe('int64', () => {
  const size = (value: number) => Sample.encode({ name: '', size: value }, 1).subarray(4).toString('hex');

  test.each([
    ['0000000000000000', 0],
    ['ffffffffffffffff', -1],
    ['001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['ffe0000000000001', Number.MIN_SAFE_INTEGER],
    ['7fffffffffffffff', INT64_MAX],
    ['8000000000000000', -INT64_MAX],
  ])('%s is %d', (bytes, value) => {
    expect(size(value)).toBe(bytes);
    expect(Sample.decode(hex(`0000 ffff ${bytes}`), 1).size).toBe(value);
  });

  test('saturates', () => {
    expect(size(Infinity)).toBe('7fffffffffffffff');
    expect(size(-1e300)).toBe('8000000000000000');
  });

  test('refuses what is no integer', () => {
    expect(() => size(NaN)).toThrow(RangeError);
    expect(() => size(0.5)).toThrow(RangeError);
  });
});

describe('values that do not fit are refused', () => {
  test.each<[string, Input<typeof fields>]>([
    ['a long string', { name: 'x'.repeat(32_768) }],
    ['an int32 beyond its range', { name: '', origin: { x: 2 ** 31 } }],
    ['an int16 beyond its range', { name: '', shades: [40_000] }],
    ['a uuid of another length', { name: '', id: 'abc' }],
    ['a uuid in another alphabet', { name: '', id: '!!!!!!!!!!!!!!!!!!!!!!' }],
  ])('%s', (_, value) => {
    expect(() => Sample.encode(value, 2)).toThrow(RangeError);
  });
});

describe('malformed', () => {
  const Names = new Message('names', parseVersions('0-1'), parseVersions('1+'), { names: array('all', 'string') });
  const Flags = new Message('flags', parseVersions('0'), parseVersions('none'), { flags: array('all', 'bool') });

  test.each([
    ['a count beyond the end', 0, '7fffffff'],
    ['a count for which too few bytes are left', 0, '00000002 0000 00'],
    ['a negative count', 0, 'fffffffe'],
    ['null where it is not allowed', 0, 'ffffffff'],
    ['compact null where it is not allowed', 1, '00 00'],
    ['a compact count beyond the end', 1, 'ffffffff0f 00'],
    ['a varint of six bytes', 1, '808080808001'],
    ['a varint without an end', 1, 'ff'],
    ['a string beyond the end', 0, '00000001 0005 6161'],
    ['a string of negative length', 0, '00000001 fffe'],
    ['a null element', 0, '00000001 ffff'],
    ['a long compact string', 1, `02 818002 ${'61'.repeat(32_768)} 00`],
    ['a tagged field beyond the end', 1, '01 01 00 09 00'],
    ['nothing at all', 0, ''],
  ])('%s', (_, version, bytes) => {
    expect(() => Names.decode(hex(bytes), version)).toThrow(MalformedRequestError);
  });

  test('a tagged field whose size is not that of its value', () => {
    expect(() => Sample.decode(hex(`${V2_BODY} 01 03 04 02 0007 00`), 2)).toThrow(MalformedRequestError);
  });

  test('I6: more array elements than a message may hold, before they are made', () => {
    const frame = (count: number) => {
      const bytes = Buffer.alloc(4 + count);
      bytes.writeInt32BE(count);
      return bytes;
    };
    expect(Flags.decode(frame(MAX_ARRAY_ELEMENTS), 0).flags).toHaveLength(MAX_ARRAY_ELEMENTS);
    expect(() => Flags.decode(frame(MAX_ARRAY_ELEMENTS + 1), 0)).toThrow(MalformedRequestError);
  });
});

describe('what a decoded message keeps of its frame', () => {
  test('bytes are copied', () => {
    const frame = Sample.encode({ name: 'n', blob: hex('aabb') }, 2);
    const { blob } = Sample.decode(frame, 2);

    frame.fill(0);

    expect(blob).toEqual(hex('aabb'));
  });
});

test('types are inferred: null where it is allowed, and defaults may be left out', () => {
  const decoded: Infer<typeof fields> = Sample.decode(hex('0000 ffff'), 0);
  const name: string | null = decoded.name;
  const corner: { x: number; y: number } | null = decoded.corner;
  // @ts-expect-error a field of every version without a default must be given
  const incomplete: Input<typeof fields> = { size: 5 };
  // @ts-expect-error the centre cannot be null
  const nothing: Input<typeof fields> = { name: '', centre: null };

  expect([name, corner, incomplete.size, nothing.centre]).toEqual(['', null, 5, null]);
});
