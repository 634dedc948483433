import { describe, expect, test } from '@jest/globals';
import { castGrpcError } from 'etcd3';
import { isLeaseGone, translateEtcdError } from './etcd-errors.js';
import { MetadataStoreError, MetadataUnavailableError } from './metadata-store.js';

/** An error as grpc-js gives it, after etcd3 has put its own class in place. */
function grpcError(code: number, message: string): Error {
  return castGrpcError(Object.assign(new Error(message), { code }));
}

describe('errors of etcd', () => {
  test.each([
    [1, 'CANCELLED: call cancelled'],
    [2, 'UNKNOWN: stream removed'],
    [4, 'DEADLINE_EXCEEDED: deadline exceeded'],
    [8, 'RESOURCE_EXHAUSTED: etcdserver: too many requests'],
    [8, 'RESOURCE_EXHAUSTED: etcdserver: mvcc: database space exceeded'],
    [13, 'INTERNAL: received RST_STREAM'],
    [14, 'UNAVAILABLE: etcdserver: leader changed'],
    [14, 'UNAVAILABLE: etcdserver: request timed out'],
    [3, 'INVALID_ARGUMENT: etcdserver: revision of auth store is old'],
    [16, 'UNAUTHENTICATED: etcdserver: invalid auth token'],
  ])('code %i, %s: the outcome is unknown', (code, message) => {
    const error = translateEtcdError('a transaction', grpcError(code, message));
    expect(error).toBeInstanceOf(MetadataUnavailableError);
    expect(error.message).toContain('a transaction');
  });

  test.each([
    [3, 'INVALID_ARGUMENT: etcdserver: request is too large'],
    [3, 'INVALID_ARGUMENT: etcdserver: authentication failed, invalid user ID or password'],
    [5, 'NOT_FOUND: etcdserver: requested lease not found'],
    [7, 'PERMISSION_DENIED: etcdserver: permission denied'],
    [11, 'OUT_OF_RANGE: etcdserver: mvcc: required revision has been compacted'],
    [12, 'UNIMPLEMENTED: unknown service'],
  ])('code %i, %s: refused', (code, message) => {
    expect(translateEtcdError('a transaction', grpcError(code, message))).toBeInstanceOf(MetadataStoreError);
  });

  test('a lease that is gone is known', () => {
    expect(isLeaseGone(grpcError(5, 'NOT_FOUND: etcdserver: requested lease not found'))).toBe(true);
    expect(isLeaseGone(grpcError(14, 'UNAVAILABLE'))).toBe(false);
  });
});
