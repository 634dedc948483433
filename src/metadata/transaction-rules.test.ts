import { describe, expect, test } from '@jest/globals';
import { MAX_BESIDE_MANY_WRITES, MAX_TXN_OPERATIONS, MAX_TXN_WRITES, type Operation } from './metadata-store.js';
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
    const get: Operation = { type: 'get', key: 'a' };
    expect(() => check(...many.slice(1).map(put), get)).toThrow(RangeError);
    expect(() => checkTransaction({ compare, success: [] })).toThrow(RangeError);
    expect(() => checkTransaction({ compare: compare.slice(1), success: many.slice(1).map(put) })).not.toThrow();
  });

  test('allow many puts and deletes beside little else', () => {
    const names = Array.from({ length: MAX_TXN_WRITES + 1 }, (_, index) => `k${index}`);
    const many = names.slice(1).map((key, index) => (index % 2 === 0 ? put(key) : remove(key)));
    const few = Array.from({ length: MAX_BESIDE_MANY_WRITES }, (_, index) => ({ key: `k${index}`, exists: true }));
    const gets = few.map(({ key }): Operation => ({ type: 'get', key }));
    expect(() => checkTransaction({ compare: few, success: many, failure: gets })).not.toThrow();
    expect(() => checkTransaction({ compare: few, success: gets, failure: many })).not.toThrow();
    expect(() => check(...names.map(put))).toThrow(RangeError);
    expect(() => check(...many.slice(1), removeAll('x'))).toThrow(RangeError);
    expect(() => checkTransaction({ compare: [...few, { key: 'a', exists: true }], success: many })).toThrow(
      RangeError,
    );
    expect(() => checkTransaction({ compare: [], success: many, failure: [...gets, put('a')] })).toThrow(RangeError);
    expect(() => checkTransaction({ compare: [], success: many, failure: many })).toThrow(RangeError);
  });

  test('know keys and prefixes', () => {
    expect(() => checkKey('a/b')).not.toThrow();
    expect(() => checkPrefix('')).not.toThrow();
    expect(() => checkKey('')).toThrow(RangeError);
    expect(() => checkPrefix('/a')).toThrow(RangeError);
  });
});
