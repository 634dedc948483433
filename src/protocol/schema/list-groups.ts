/**
 * ListGroups (key 16): lists the groups that this broker coordinates.
 *
 * - A client asks every broker to see all groups.
 *
 * Versions:
 * - v1 adds the throttle time.
 * - v3 is flexible.
 * - v4 adds the filter by state, and the state (KIP-518).
 * - v5 adds the filter by type, and the type (KIP-848).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, string } from '../codec/declare.js';

export const ListGroups = defineApi({
  key: 16,
  name: 'ListGroups',
  versions: '0-5',
  flexible: '3+',
  request: {
    /** Empty for all. */
    statesFilter: array('4+', 'string'),
    /** Empty for all. */
    typesFilter: array('5+', 'string'),
  },
  response: {
    throttleTimeMs: int32('1+', { default: 0, ignorable: true }),
    errorCode: int16(),
    groups: array('all', {
      groupId: string(),
      /** "consumer" for consumers; empty for groups that only store offsets. */
      protocolType: string(),
      groupState: string('4+', { ignorable: true }),
      /** "classic" or "consumer". */
      groupType: string('5+', { ignorable: true }),
    }),
  },
});

export type ListGroupsRequest = RequestOf<typeof ListGroups>;
export type ListGroupsResponse = ResponseOf<typeof ListGroups>;
