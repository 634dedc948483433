/**
 * DeleteAcls (key 31): deletes the access rules that match any of some filters (KIP-140).
 *
 * - The answer lists, for each filter, the rules that it deleted.
 * - A broker without access rules answers SECURITY_DISABLED.
 *
 * Versions:
 * - v1 is the oldest served (KIP-896); it brought pattern types (KIP-290).
 * - v2 is flexible.
 * - v3 allows users as resources (KIP-373).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, int8, string } from '../codec/declare.js';

export const DeleteAcls = defineApi({
  key: 31,
  name: 'DeleteAcls',
  versions: '1-3',
  flexible: '2+',
  request: {
    filters: array('all', {
      /** 2 topic, 3 group, 4 cluster, 5 transactional id, 6 delegation token, 7 user. */
      resourceTypeFilter: int8(),
      /** Null for any. */
      resourceNameFilter: string('all', { nullable: true }),
      /** 1 any, 2 all that match the name, 3 literal, 4 prefixed. */
      patternTypeFilter: int8('all', { default: 3 }),
      /** Such as "User:alice"; null for any. */
      principalFilter: string('all', { nullable: true }),
      /** Null for any. */
      hostFilter: string('all', { nullable: true }),
      operation: int8(),
      /** 2 deny, 3 allow. */
      permissionType: int8(),
    }),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    filterResults: array('all', {
      /** Of the filter as a whole. */
      errorCode: int16(),
      errorMessage: string('all', { nullable: true }),
      matchingAcls: array('all', {
        /** Of this rule alone. */
        errorCode: int16(),
        errorMessage: string('all', { nullable: true }),
        resourceType: int8(),
        resourceName: string(),
        patternType: int8('all', { default: 3 }),
        principal: string(),
        host: string(),
        operation: int8(),
        permissionType: int8(),
      }),
    }),
  },
});

export type DeleteAclsRequest = RequestOf<typeof DeleteAcls>;
export type DeleteAclsResponse = ResponseOf<typeof DeleteAcls>;
