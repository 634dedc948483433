import type { KeyValue } from './metadata-store.js';
import { decodePartitionAssignment, encodePartitionAssignment } from './records.js';
import type { Tenure } from './tenure.js';

/** Who leads a partition, and whose commits belong to it. */
export interface AssignmentRecord {
  /** Node id in decimal. */
  readonly brokerId: string;
  readonly epoch: number;
  /** RFC 3339. */
  readonly assignedAt: string;
  /** Of the leader; empty when the partition was released. */
  readonly incarnationId: string;
  /** Those since the checkpoint, oldest first. The leader's own is added when it opens the partition. */
  readonly tenures: readonly Tenure[];
  /** Node id, in decimal, of the broker that the partition is to be released for; empty when it stays. */
  readonly moveTo: string;
}

/** A record, and the revision at which it was last changed. */
export interface StoredAssignment extends AssignmentRecord {
  readonly modRevision: number;
}

export function encodeAssignmentRecord({
  brokerId,
  epoch,
  assignedAt,
  incarnationId,
  tenures,
  moveTo,
}: AssignmentRecord): Buffer {
  return encodePartitionAssignment({
    brokerId,
    epoch,
    assignedAt,
    incarnationId,
    moveTo,
    tenures: tenures.map(({ toOffset, ...tenure }) => ({ ...tenure, toOffset: toOffset ?? null })),
  });
}

/** @throws MetadataFormatError */
export function decodeAssignmentRecord({ key, value, modRevision }: KeyValue): StoredAssignment {
  const { brokerId, epoch, assignedAt, incarnationId, tenures, moveTo } = decodePartitionAssignment(value, key);
  return {
    brokerId,
    epoch,
    assignedAt,
    incarnationId,
    moveTo,
    tenures: tenures.map((tenure) => ({
      incarnationId: tenure.incarnationId ?? '',
      epoch: tenure.epoch ?? 0,
      fromOffset: tenure.fromOffset ?? 0,
      toOffset: tenure.toOffset ?? undefined,
    })),
    modRevision,
  };
}

type Leadership = Pick<AssignmentRecord, 'incarnationId' | 'epoch'>;

/** Whether it is the leader's own open tenure, under the present epoch. */
export function isOwnTenure(tenure: Tenure, { incarnationId, epoch }: Leadership): boolean {
  return tenure.incarnationId === incarnationId && tenure.epoch === epoch && tenure.toOffset === undefined;
}

/** Whether the leader has claimed the partition under its present epoch. */
export function isClaimed(assignment: Leadership & Pick<AssignmentRecord, 'tenures'>): boolean {
  const last = assignment.tenures.at(-1);
  return last !== undefined && isOwnTenure(last, assignment);
}

/**
 * The tenures whose commits are still needed: those that did not end at or below the checkpoint (commit protocol,
 * rule 7).
 */
export function tenuresSince(tenures: readonly Tenure[], checkpointOffset: number): Tenure[] {
  return tenures.filter(({ toOffset }) => toOffset === undefined || toOffset > checkpointOffset);
}
