import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { kafscale } from '../generated/metadata.js';

const { CommittedOffset, TopicConfig, Tenure } = kafscale.metadata;

/** `CommittedOffset { offset }` with the varint of any 64-bit value. */
function encodeOffset(value: bigint): Buffer {
  const bytes = [0x08];
  let rest = BigInt.asUintN(64, value);
  while (rest >= 0x80n) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Buffer.from(bytes);
}

describe('64-bit integers in protobuf messages', () => {
  test('are numbers, over the whole safe range', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (offset) => {
        expect(CommittedOffset.decode(CommittedOffset.encode({ offset }).finish()).offset).toBe(offset);
        expect(CommittedOffset.decode(encodeOffset(BigInt(offset))).offset).toBe(offset);
      }),
      { examples: [[0], [-1], [1], [2 ** 49 - 1], [2 ** 49], [Number.MAX_SAFE_INTEGER], [Number.MIN_SAFE_INTEGER]] },
    );
  });

  test('beyond the safe range are refused, not rounded', () => {
    for (const value of [2n ** 53n, 2n ** 63n - 1n, -(2n ** 53n), -(2n ** 63n)]) {
      expect(() => CommittedOffset.decode(encodeOffset(value))).toThrow(RangeError);
    }
  });

  test('that are cut off or too long are refused', () => {
    expect(() => CommittedOffset.decode(Buffer.from([0x08, 0xff]))).toThrow(RangeError);
    expect(() => CommittedOffset.decode(Buffer.from([0x08, ...Array<number>(10).fill(0xff), 1]))).toThrow(RangeError);
  });

  test('default to plain zero', () => {
    expect(new TopicConfig().retentionMs).toBe(0);
    expect(TopicConfig.decode(new Uint8Array()).retentionMs).toBe(0);
  });

  test('that are optional tell absent from zero', () => {
    expect(Tenure.decode(Tenure.encode({ epoch: 1 }).finish()).toOffset ?? undefined).toBeUndefined();
    expect(Tenure.decode(Tenure.encode({ epoch: 1, toOffset: 0 }).finish()).toOffset).toBe(0);
  });
});
