import {
  MAX_BESIDE_MANY_WRITES,
  MAX_TXN_OPERATIONS,
  MAX_TXN_WRITES,
  type Operation,
  type Transaction,
} from './metadata-store.js';

/**
 * Refuses what etcd would refuse, so that a mistake shows with every implementation: too many compares or operations,
 * a key that is empty or starts with `/`, and two changes of one key within a branch.
 *
 * @throws RangeError
 */
export function checkTransaction({ compare, success, failure = [] }: Transaction): void {
  checkCount('compares', compare.length, limitBeside(success, failure));
  for (const each of compare) {
    if ('prefix' in each) checkPrefix(each.prefix);
    else checkKey(each.key);
  }
  checkBranch(success, limitBeside(failure));
  checkBranch(failure, limitBeside(success));
}

function limitBeside(...branches: readonly (readonly Operation[])[]): number {
  return branches.some(({ length }) => length > MAX_TXN_OPERATIONS) ? MAX_BESIDE_MANY_WRITES : MAX_TXN_OPERATIONS;
}

/** @throws RangeError when the key is empty or starts with `/` */
export function checkKey(key: string): void {
  if (key === '' || key.startsWith('/')) throw new RangeError(`"${key}" is no key: keys are relative and not empty`);
}

/** @throws RangeError when the prefix starts with `/`; the empty prefix stands for the whole store */
export function checkPrefix(prefix: string): void {
  if (prefix !== '') checkKey(prefix);
}

function checkBranch(operations: readonly Operation[], limit: number): void {
  const areWrites = operations.every(({ type }) => type === 'put' || type === 'delete');
  checkCount('operations', operations.length, areWrites && limit === MAX_TXN_OPERATIONS ? MAX_TXN_WRITES : limit);
  const put = new Set<string>();
  for (const operation of operations) {
    if (operation.type === 'deletePrefix') {
      checkPrefix(operation.prefix);
    } else {
      checkKey(operation.key);
      if (operation.type === 'put' && put.has(operation.key)) throw changedTwice(operation.key);
      if (operation.type === 'put') put.add(operation.key);
    }
  }
  for (const operation of operations) checkDoesNotDelete(operation, put);
}

function checkDoesNotDelete(operation: Operation, put: ReadonlySet<string>): void {
  if (operation.type === 'delete' && put.has(operation.key)) throw changedTwice(operation.key);
  if (operation.type !== 'deletePrefix') return;
  for (const key of put) if (key.startsWith(operation.prefix)) throw changedTwice(key);
}

function checkCount(what: string, count: number, limit: number): void {
  if (count > limit) throw new RangeError(`this transaction has at most ${limit} ${what}, not ${count}`);
}

function changedTwice(key: string): RangeError {
  return new RangeError(`the transaction changes "${key}" twice`);
}
