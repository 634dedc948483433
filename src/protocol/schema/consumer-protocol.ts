/**
 * What consumers put into the opaque fields of JoinGroup and SyncGroup when the group's protocol type is "consumer":
 * `ConsumerProtocolSubscription` and `ConsumerProtocolAssignment`, each behind two bytes that tell its version.
 *
 * Only what all versions begin with is declared. Later versions add fields at the end, which readers may leave alone.
 */
import { array, bytes, Message, parseVersions, string } from '../codec/declare.js';

const VERSIONS = parseVersions('0');
const NO_FLEXIBLE_VERSIONS = parseVersions('none');

export const ConsumerSubscription = new Message('ConsumerProtocolSubscription', VERSIONS, NO_FLEXIBLE_VERSIONS, {
  topics: array('all', 'string'),
  /** Opaque: of the assignor. */
  userData: bytes('all', { nullable: true, default: null }),
});

export const ConsumerAssignment = new Message('ConsumerProtocolAssignment', VERSIONS, NO_FLEXIBLE_VERSIONS, {
  partitions: array('all', {
    topic: string(),
    partitions: array('all', 'int32'),
  }),
  /** Opaque: of the assignor. */
  userData: bytes('all', { nullable: true, default: null }),
});
