/**
 * CreateAcls (key 30): adds access rules (KIP-140).
 *
 * - Every rule gets its own result, in the order of the request.
 * - A broker without access rules answers SECURITY_DISABLED.
 *
 * Versions:
 * - v1 is the oldest served (KIP-896); it brought pattern types (KIP-290).
 * - v2 is flexible.
 * - v3 allows users as resources (KIP-373).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, int8, string } from '../codec/declare.js';

export const CreateAcls = defineApi({
  key: 30,
  name: 'CreateAcls',
  versions: '1-3',
  flexible: '2+',
  request: {
    creations: array('all', {
      /** 2 topic, 3 group, 4 cluster, 5 transactional id, 6 delegation token, 7 user. */
      resourceType: int8(),
      resourceName: string(),
      /** 3 literal, 4 prefixed. */
      resourcePatternType: int8('all', { default: 3 }),
      /** Such as "User:alice". */
      principal: string(),
      /** "*" for any. */
      host: string(),
      operation: int8(),
      /** 2 deny, 3 allow. */
      permissionType: int8(),
    }),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    results: array('all', {
      errorCode: int16(),
      errorMessage: string('all', { nullable: true }),
    }),
  },
});

export type CreateAclsRequest = RequestOf<typeof CreateAcls>;
export type CreateAclsResponse = ResponseOf<typeof CreateAcls>;
