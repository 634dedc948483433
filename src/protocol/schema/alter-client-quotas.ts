/**
 * AlterClientQuotas (key 49): sets and removes quotas of users, clients and addresses (KIP-546).
 *
 * - Every entity gets its own result.
 *
 * Versions:
 * - v1 is flexible.
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bool, defineApi, float64, int16, int32, string } from '../codec/declare.js';

export const AlterClientQuotas = defineApi({
  key: 49,
  name: 'AlterClientQuotas',
  versions: '0-1',
  flexible: '1+',
  request: {
    entries: array('all', {
      entity: array('all', {
        /** "user", "client-id" or "ip". */
        entityType: string(),
        /** Null for the default entity. */
        entityName: string('all', { nullable: true }),
      }),
      ops: array('all', {
        /** Such as "producer_byte_rate". */
        key: string(),
        /** Without a meaning when the key is removed. */
        value: float64(),
        remove: bool(),
      }),
    }),
    validateOnly: bool(),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    entries: array('all', {
      errorCode: int16(),
      errorMessage: string('all', { nullable: true }),
      entity: array('all', {
        entityType: string(),
        /** Null for the default entity. */
        entityName: string('all', { nullable: true }),
      }),
    }),
  },
});

export type AlterClientQuotasRequest = RequestOf<typeof AlterClientQuotas>;
export type AlterClientQuotasResponse = ResponseOf<typeof AlterClientQuotas>;
