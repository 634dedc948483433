/**
 * AlterUserScramCredentials (key 51): adds, changes and removes the secrets by which users log in by SCRAM (KIP-554).
 *
 * - Mechanisms: 1 SCRAM-SHA-256, 2 SCRAM-SHA-512.
 * - Every user gets one result, even when named more than once.
 *
 * Versions:
 * - All versions are flexible.
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bytes, defineApi, int16, int32, int8, string } from '../codec/declare.js';

export const AlterUserScramCredentials = defineApi({
  key: 51,
  name: 'AlterUserScramCredentials',
  versions: '0',
  flexible: '0+',
  request: {
    deletions: array('all', {
      name: string(),
      mechanism: int8(),
    }),
    upsertions: array('all', {
      name: string(),
      mechanism: int8(),
      iterations: int32(),
      salt: bytes(),
      /** The password after the rounds of hashing: the password itself never travels. */
      saltedPassword: bytes(),
    }),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    results: array('all', {
      user: string(),
      errorCode: int16(),
      errorMessage: string('all', { nullable: true }),
    }),
  },
});

export type AlterUserScramCredentialsRequest = RequestOf<typeof AlterUserScramCredentials>;
export type AlterUserScramCredentialsResponse = ResponseOf<typeof AlterUserScramCredentials>;
