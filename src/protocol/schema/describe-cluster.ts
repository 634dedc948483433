/**
 * DescribeCluster (key 60): tells the cluster's id, its brokers and its controller (KIP-700).
 *
 * - Endpoint types: 1 brokers, 2 controllers. A broker refuses the second with MISMATCHED_ENDPOINT_TYPE.
 *
 * Versions:
 * - All versions are flexible.
 * - v1 adds the endpoint type (KIP-919).
 * - v2 can include fenced brokers (KIP-1073).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bool, defineApi, int16, int32, int8, string } from '../codec/declare.js';

export const DescribeCluster = defineApi({
  key: 60,
  name: 'DescribeCluster',
  versions: '0-2',
  flexible: '0+',
  request: {
    includeClusterAuthorizedOperations: bool(),
    endpointType: int8('1+', { default: 1 }),
    includeFencedBrokers: bool('2+'),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    errorCode: int16(),
    errorMessage: string('all', { nullable: true, default: null }),
    endpointType: int8('1+', { default: 1 }),
    clusterId: string(),
    /** A broker that takes administrative requests, -1 when unknown. */
    controllerId: int32('all', { default: -1 }),
    brokers: array('all', {
      brokerId: int32(),
      host: string(),
      port: int32(),
      rack: string('all', { nullable: true, default: null }),
      /** Registered, but not allowed to serve. */
      isFenced: bool('2+'),
    }),
    /** One bit per operation; the default says "was not asked for". */
    clusterAuthorizedOperations: int32('all', { default: -2147483648 }),
  },
});

export type DescribeClusterRequest = RequestOf<typeof DescribeCluster>;
export type DescribeClusterResponse = ResponseOf<typeof DescribeCluster>;
