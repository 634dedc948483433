/**
 * DescribeUserScramCredentials (key 50): lists the users that can log in by SCRAM, without their secrets (KIP-554).
 *
 * - Mechanisms: 1 SCRAM-SHA-256, 2 SCRAM-SHA-512.
 *
 * Versions:
 * - All versions are flexible.
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, int8, string } from '../codec/declare.js';

export const DescribeUserScramCredentials = defineApi({
  key: 50,
  name: 'DescribeUserScramCredentials',
  versions: '0',
  flexible: '0+',
  request: {
    /** Null or empty for all. */
    users: array(
      'all',
      {
        name: string(),
      },
      { nullable: true },
    ),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    /** Of the request as a whole. */
    errorCode: int16(),
    errorMessage: string('all', { nullable: true }),
    results: array('all', {
      user: string(),
      /** Of the user alone. */
      errorCode: int16(),
      errorMessage: string('all', { nullable: true }),
      credentialInfos: array('all', {
        mechanism: int8(),
        iterations: int32(),
      }),
    }),
  },
});

export type DescribeUserScramCredentialsRequest = RequestOf<typeof DescribeUserScramCredentials>;
export type DescribeUserScramCredentialsResponse = ResponseOf<typeof DescribeUserScramCredentials>;
