/**
 * DeleteGroups (key 42): deletes groups that have no members, with their offsets.
 *
 * - A group with members is refused with NON_EMPTY_GROUP.
 *
 * Versions:
 * - v2 is flexible.
 * - v3 adds an error message for each group.
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, string } from '../codec/declare.js';

export const DeleteGroups = defineApi({
  key: 42,
  name: 'DeleteGroups',
  versions: '0-3',
  flexible: '2+',
  request: {
    groupsNames: array('all', 'string'),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    results: array('all', {
      groupId: string(),
      errorCode: int16(),
      errorMessage: string('3+', { nullable: true, default: null, ignorable: true }),
    }),
  },
});

export type DeleteGroupsRequest = RequestOf<typeof DeleteGroups>;
export type DeleteGroupsResponse = ResponseOf<typeof DeleteGroups>;
