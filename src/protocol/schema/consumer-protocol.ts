/**
 * What consumers put into the opaque fields of JoinGroup and SyncGroup when the group's protocol type is "consumer":
 * `ConsumerProtocolSubscription` and `ConsumerProtocolAssignment`, each behind two bytes that tell its version.
 *
 * Later versions add fields at the end, so that what a version begins with can be read as an earlier one. Of the
 * assignment, all versions are alike.
 */
import { array, bytes, int32, Message, parseVersions, string } from '../codec/declare.js';

const SUBSCRIPTION_VERSIONS = parseVersions('0-3');
const ASSIGNMENT_VERSIONS = parseVersions('0');
const NO_FLEXIBLE_VERSIONS = parseVersions('none');

export const ConsumerSubscription = new Message(
  'ConsumerProtocolSubscription',
  SUBSCRIPTION_VERSIONS,
  NO_FLEXIBLE_VERSIONS,
  {
    topics: array('all', 'string'),
    /** Opaque: of the assignor. */
    userData: bytes('all', { nullable: true, default: null }),
    /** What the member still has when it joins: with cooperative assignors, not nothing (KIP-429). */
    ownedPartitions: array(
      '1+',
      {
        topic: string(),
        partitions: array('all', 'int32'),
      },
      { ignorable: true },
    ),
    /** In which it got that (KIP-792). */
    generationId: int32('2+', { default: -1, ignorable: true }),
    rackId: string('3+', { nullable: true, default: null, ignorable: true }),
  },
);

export const ConsumerAssignment = new Message('ConsumerProtocolAssignment', ASSIGNMENT_VERSIONS, NO_FLEXIBLE_VERSIONS, {
  partitions: array('all', {
    topic: string(),
    partitions: array('all', 'int32'),
  }),
  /** Opaque: of the assignor. */
  userData: bytes('all', { nullable: true, default: null }),
});
