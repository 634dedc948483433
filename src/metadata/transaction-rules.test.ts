import { describe, expect, test } from '@jest/globals';
import { MAX_TXN_OPERATIONS, type Operation } from './metadata-store.js';
import { checkKey, checkPrefix, checkTransaction } from './transaction-rules.js';

const put = (key: string): Operation => ({ type: 'put', key, value: Buffer.from('') });
const remove = (key: string): Operation => ({ type: 'delete', key });
const removeAll = (prefix: string): Operation => ({ type: 'deletePrefix', prefix });
const check = (...success: Operation[]) => checkTransaction({ compare: [], success });

describe('the rules of transactions', () => {
  test.each<Operation[][]>([
    [[]],
    [[put('a'), put('b'), remove('c'), removeAll('d/')]],
    [[remove('a'), remove('a'), removeAll('a')]],
    [[put('a'), { type: 'get', key: 'a' }]],
    [[put('a1'), removeAll('a/')]],
  ])('allow %j', (operations) => {
    expect(() => check(...operations)).not.toThrow();
  });

  test.each<Operation[][]>([
    [[put('a'), put('a')]],
    [[put('a'), remove('a')]],
    [[removeAll('a'), put('ab')]],
    [[put('')]],
    [[put('/a')]],
    [[{ type: 'get', key: '' }]],
    [[removeAll('/')]],
  ])('refuse %j, in either branch', (operations) => {
    expect(() => check(...operations)).toThrow(RangeError);
    expect(() => checkTransaction({ compare: [], success: [], failure: operations })).toThrow(RangeError);
  });

  test('bound compares and operations', () => {
    const many = Array.from({ length: MAX_TXN_OPERATIONS + 1 }, (_, index) => `k${index}`);
    const compare = many.map((key) => ({ key, exists: true }));
    expect(() => check(...many.map(put))).toThrow(RangeError);
    expect(() => checkTransaction({ compare, success: [] })).toThrow(RangeError);
    expect(() => checkTransaction({ compare: compare.slice(1), success: many.slice(1).map(put) })).not.toThrow();
  });

  test('know keys and prefixes', () => {
    expect(() => checkKey('a/b')).not.toThrow();
    expect(() => checkPrefix('')).not.toThrow();
    expect(() => checkKey('')).toThrow(RangeError);
    expect(() => checkPrefix('/a')).toThrow(RangeError);
  });
});
