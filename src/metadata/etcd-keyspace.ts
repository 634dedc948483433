import { CompareResult, CompareTarget } from 'etcd3';
import type { ICompare, IKeyValue, IRangeRequest, IRequestOp, ITxnRequest, ITxnResponse } from 'etcd3';
import { prefixEnd } from './key-range.js';
import {
  MAX_TXN_OPERATIONS,
  type Compare,
  type KeyValue,
  type Operation,
  type Transaction,
  type TransactionResult,
} from './metadata-store.js';

/** What etcd takes for "no end": all keys from the start. */
const UNBOUNDED = Buffer.from([0]);
/** Etcd counts the operations of a nested transaction together with those of the one around it. */
const WRITES_PER_NESTED_TXN = 100;

/** Translates between our keys and transactions and etcd's, under one prefix. */
export class EtcdKeyspace {
  private readonly prefix: string;

  constructor(prefix: string) {
    this.prefix = prefix.endsWith('/') ? prefix : `${prefix}/`;
  }

  keyOf(key: string): Buffer {
    return Buffer.from(this.prefix + key);
  }

  /** All keys that start with `prefix`. */
  rangeOf(prefix: string): { readonly key: Buffer; readonly range_end: Buffer } {
    const key = this.keyOf(prefix);
    return { key, range_end: prefixEnd(key) ?? UNBOUNDED };
  }

  relativeKey(key: Buffer): string {
    return key.toString().slice(this.prefix.length);
  }

  entryOf(entry: IKeyValue): KeyValue {
    return {
      key: this.relativeKey(entry.key),
      value: entry.value,
      createRevision: Number(entry.create_revision),
      modRevision: Number(entry.mod_revision),
    };
  }

  requestOf({ compare, success, failure = [] }: Transaction): ITxnRequest {
    return {
      compare: compare.map((each) => this.compareOf(each)),
      success: this.branchOf(success),
      failure: this.branchOf(failure),
    };
  }

  resultOf(transaction: Transaction, response: ITxnResponse): TransactionResult {
    const operations = response.succeeded ? transaction.success : (transaction.failure ?? []);
    const reads: (KeyValue | undefined)[] = [];
    operations.forEach((operation, index) => {
      if (operation.type !== 'get') return;
      const found = response.responses[index]?.response_range.kvs[0];
      reads.push(found === undefined ? undefined : this.entryOf(found));
    });
    return { succeeded: response.succeeded, revision: Number(response.header.revision), reads };
  }

  /** More operations than etcd takes in a branch go into transactions within the transaction. */
  private branchOf(operations: readonly Operation[]): IRequestOp[] {
    const requests = operations.map((each) => this.operationOf(each));
    if (requests.length <= MAX_TXN_OPERATIONS) return requests;
    const nested: IRequestOp[] = [];
    for (let at = 0; at < requests.length; at += WRITES_PER_NESTED_TXN) {
      nested.push({ request_txn: { success: requests.slice(at, at + WRITES_PER_NESTED_TXN) } });
    }
    return nested;
  }

  private compareOf(compare: Compare): ICompare {
    if ('prefix' in compare) {
      const mod_revision = compare.unchangedSince + 1;
      return { ...this.rangeOf(compare.prefix), target: CompareTarget.Mod, result: CompareResult.Less, mod_revision };
    }
    const key = this.keyOf(compare.key);
    if ('exists' in compare) {
      const result = compare.exists ? CompareResult.Greater : CompareResult.Equal;
      return { key, target: CompareTarget.Create, result, create_revision: 0 };
    }
    if ('modRevision' in compare) {
      return { key, target: CompareTarget.Mod, result: CompareResult.Equal, mod_revision: compare.modRevision };
    }
    return { key, target: CompareTarget.Value, result: CompareResult.Equal, value: compare.value };
  }

  private operationOf(operation: Operation): IRequestOp {
    switch (operation.type) {
      case 'get':
        return { request_range: this.single(operation.key) };
      case 'put':
        return {
          request_put: {
            key: this.keyOf(operation.key),
            value: operation.value,
            ...(operation.lease === undefined ? {} : { lease: operation.lease.id }),
          },
        };
      case 'delete':
        return { request_delete_range: this.single(operation.key) };
      case 'deletePrefix':
        return { request_delete_range: this.rangeOf(operation.prefix) };
    }
  }

  private single(key: string): IRangeRequest {
    return { key: this.keyOf(key) };
  }
}
