/**
 * DescribeClientQuotas (key 48): lists the quotas of users, clients and addresses (KIP-546).
 *
 * Versions:
 * - v1 is flexible.
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, bool, defineApi, float64, int16, int32, int8, string } from '../codec/declare.js';

export const DescribeClientQuotas = defineApi({
  key: 48,
  name: 'DescribeClientQuotas',
  versions: '0-1',
  flexible: '1+',
  request: {
    components: array('all', {
      /** "user", "client-id" or "ip". */
      entityType: string(),
      /** 0 this name, 1 the default entity, 2 any name. */
      matchType: int8(),
      /** The name, null for the other match types. */
      match: string('all', { nullable: true }),
    }),
    /** Leave out entities that have types which the request does not name. */
    strict: bool(),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    errorCode: int16(),
    errorMessage: string('all', { nullable: true }),
    /** Null after an error. */
    entries: array(
      'all',
      {
        entity: array('all', {
          entityType: string(),
          /** Null for the default entity. */
          entityName: string('all', { nullable: true }),
        }),
        values: array('all', {
          /** Such as "producer_byte_rate". */
          key: string(),
          value: float64(),
        }),
      },
      { nullable: true },
    ),
  },
});

export type DescribeClientQuotasRequest = RequestOf<typeof DescribeClientQuotas>;
export type DescribeClientQuotasResponse = ResponseOf<typeof DescribeClientQuotas>;
