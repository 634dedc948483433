import { describe, expect, test } from '@jest/globals';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import { nextSequence, ProducerState } from './producer-state.js';

const NOW = 1_700_000_000_000;

function batch(firstSequence: number, count = 1, producerEpoch = 0) {
  return { producerId: 7, producerEpoch, firstSequence, lastSequence: (firstSequence + count - 1) % 2 ** 31 };
}

function codeOf(run: () => unknown): number {
  try {
    run();
  } catch (error) {
    if (error instanceof KafkaError) return error.code;
    throw error;
  }
  return ErrorCode.NONE;
}

/** Appends batches of one record each, sequence = offset. */
function stateWith(sequences: readonly number[], epoch = 0): ProducerState {
  const state = new ProducerState();
  for (const [offset, sequence] of sequences.entries()) {
    state.record({ ...batch(sequence, 1, epoch), baseOffset: offset, lastOffset: offset, timestamp: NOW });
  }
  return state;
}

describe('I8: idempotent producers', () => {
  test('the next batch is accepted, a repeated one is found where it is', () => {
    const state = stateWith([0, 1, 2]);
    expect(state.check(batch(3), NOW)).toBeUndefined();
    expect(state.check(batch(1), NOW)).toMatchObject({ baseOffset: 1, lastOffset: 1 });
  });

  test('a duplicate five batches back is recognised, one six back is out of order', () => {
    const state = stateWith([0, 1, 2, 3, 4, 5]);
    expect(state.check(batch(1), NOW)).toMatchObject({ baseOffset: 1 });
    expect(codeOf(() => state.check(batch(0), NOW))).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  });

  test('a gap is refused, then the right batch is accepted', () => {
    const state = stateWith([0]);
    expect(codeOf(() => state.check(batch(2), NOW))).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    expect(state.check(batch(1), NOW)).toBeUndefined();
  });

  test('a batch that overlaps a stored one without being it is refused', () => {
    const state = stateWith([0, 1]);
    expect(codeOf(() => state.check(batch(1, 2), NOW))).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  });

  test('a new epoch starts at sequence 0; an old one is fenced', () => {
    const state = stateWith([0, 1], 3);
    expect(state.check(batch(0, 1, 4), NOW)).toBeUndefined();
    expect(codeOf(() => state.check(batch(3, 1, 4), NOW))).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    expect(codeOf(() => state.check(batch(2, 1, 2), NOW))).toBe(ErrorCode.INVALID_PRODUCER_EPOCH);
  });

  test('a new epoch forgets the batches of the old one', () => {
    const state = stateWith([0, 1], 0);
    state.record({ ...batch(0, 1, 1), baseOffset: 2, lastOffset: 2, timestamp: NOW });
    expect(state.check(batch(0, 1, 1), NOW)).toMatchObject({ baseOffset: 2 });
    expect(codeOf(() => state.check(batch(1, 1, 0), NOW))).toBe(ErrorCode.INVALID_PRODUCER_EPOCH);
  });

  test('sequences wrap from 2^31 − 1 to 0', () => {
    expect(nextSequence(0x7fffffff)).toBe(0);
    const state = stateWith([0x7fffffff]);
    expect(state.check(batch(0), NOW)).toBeUndefined();
    expect(codeOf(() => state.check(batch(1), NOW))).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
  });

  test('a producer that is not known may start anywhere', () => {
    expect(new ProducerState().check(batch(100), NOW)).toBeUndefined();
  });

  test('a producer is forgotten after the expiration time, counted from its last append', () => {
    const state = stateWith([0, 1]);
    expect(codeOf(() => state.check(batch(9), NOW + 86_400_000))).toBe(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    expect(state.check(batch(9), NOW + 86_400_001)).toBeUndefined();
  });

  test('I6: beyond the bound the producer that wrote longest ago is forgotten', () => {
    const state = new ProducerState({ expirationMs: 1000, maxProducers: 2 });
    for (const producerId of [1, 2, 1, 3]) {
      state.record({ ...batch(0), producerId, baseOffset: 0, lastOffset: 0, timestamp: NOW });
    }
    expect(state.size).toBe(2);
    expect(state.check({ ...batch(5), producerId: 2 }, NOW)).toBeUndefined();
    expect(state.check({ ...batch(0), producerId: 1 }, NOW)).toBeDefined();
  });
});
