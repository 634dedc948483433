/**
 * ElectLeaders (key 43): elects leaders of partitions (KIP-460).
 *
 * - Election types: 0 the preferred replica, 1 any live replica, at the price of lost records.
 * - A partition that needs no election is answered with ELECTION_NOT_NEEDED.
 *
 * Versions:
 * - v1 adds election types, and an error for the whole answer (KIP-460).
 * - v2 is flexible.
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { array, defineApi, int16, int32, int8, string } from '../codec/declare.js';

export const ElectLeaders = defineApi({
  key: 43,
  name: 'ElectLeaders',
  versions: '0-2',
  flexible: '2+',
  request: {
    /** See above; v0 knows the preferred replica only. */
    electionType: int8('1+'),
    /** Null for all. */
    topicPartitions: array(
      'all',
      {
        topic: string(),
        partitions: array('all', 'int32'),
      },
      { nullable: true },
    ),
    timeoutMs: int32('all', { default: 60000 }),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    /** Of the request as a whole. */
    errorCode: int16('1+'),
    replicaElectionResults: array('all', {
      topic: string(),
      partitionResult: array('all', {
        partitionId: int32(),
        /** Of the partition alone. */
        errorCode: int16(),
        errorMessage: string('all', { nullable: true }),
      }),
    }),
  },
});

export type ElectLeadersRequest = RequestOf<typeof ElectLeaders>;
export type ElectLeadersResponse = ResponseOf<typeof ElectLeaders>;
