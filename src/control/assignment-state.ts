import { parseKey } from '../metadata/keys.js';
import type { KeyValue } from '../metadata/metadata-store.js';
import { decodeAssignmentRecord, isClaimed } from '../metadata/partition-assignment.js';
import type { AssignmentStatus, PartitionAssignmentEvent, PartitionRef } from './messages.js';

/** What is remembered of an assignment. */
export interface Assignment {
  readonly partition: PartitionRef;
  readonly brokerId: string;
  readonly epoch: number;
  /** Of the leader; empty when it was released. */
  readonly incarnationId: string;
  /** The leader has taken the partition over. */
  readonly claimed: boolean;
  /** The leader is to release it for another broker. */
  readonly moving: boolean;
  readonly modRevision: number;
}

/**
 * @returns undefined for a key that is no assignment's
 * @throws MetadataFormatError
 */
export function assignmentOf(entry: KeyValue): Assignment | undefined {
  const key = parseKey(entry.key);
  if (key?.type !== 'assignment') return undefined;
  const record = decodeAssignmentRecord(entry);
  const { brokerId, epoch, incarnationId, moveTo, modRevision } = record;
  return {
    partition: { topic: key.topic, partition: key.partition },
    brokerId,
    epoch,
    incarnationId,
    claimed: isClaimed(record),
    moving: moveTo !== '',
    modRevision,
  };
}

export function eventOf(assignment: Assignment, leaderLives: boolean): PartitionAssignmentEvent {
  const { partition, brokerId, epoch } = assignment;
  return { partition, brokerId, epoch, status: statusOf(assignment, leaderLives) };
}

function statusOf({ incarnationId, claimed, moving }: Assignment, leaderLives: boolean): AssignmentStatus {
  if (incarnationId === '') return 'released';
  if (!leaderLives) return 'offline';
  if (!claimed) return 'assigned';
  return moving ? 'releasing' : 'online';
}

export function isSameEvent(one: PartitionAssignmentEvent | undefined, other: PartitionAssignmentEvent): boolean {
  return one?.brokerId === other.brokerId && one.status === other.status && one.epoch === other.epoch;
}
