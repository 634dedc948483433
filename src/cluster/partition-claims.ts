import {
  assignmentKey,
  ASSIGNMENTS_PREFIX,
  incarnationKey,
  parseKey,
  partitionStateKey,
  topicAssignmentsPrefix,
  topicConfigKey,
} from '../metadata/keys.js';
import { MAX_TXN_OPERATIONS, type Compare, type MetadataStore, type Operation } from '../metadata/metadata-store.js';
import { decodePartitionAssignment, encodePartitionAssignment, encodePartitionState } from '../metadata/records.js';
import type { Tenure } from '../metadata/tenure.js';
import type { PartitionId } from './partition-id.js';

/** A partition's assignment as the metadata store has it; all-empty when it was never assigned. */
export interface StoredAssignment {
  readonly id: PartitionId;
  /** 0 when there is no record. */
  readonly modRevision: number;
  /** −1 when there is no record. */
  readonly epoch: number;
  /** Oldest first. */
  readonly tenures: readonly Tenure[];
}

/** What an incarnation wants to write about a partition that it takes over. */
export interface Claim {
  readonly assignment: StoredAssignment;
  readonly logStartOffset: number;
  /** Offset after the last record that earlier tenures committed. */
  readonly logEndOffset: number;
}

/** Compares per transaction: the incarnation, and per partition its assignment and its topic. */
const CLAIMS_PER_TXN = Math.floor((MAX_TXN_OPERATIONS - 1) / 2);

/** Fewer topics than this are read one by one, more by reading all assignments. */
const TOPICS_READ_ONE_BY_ONE = 16;

/** Reads the assignments of partitions, as they are now. */
export async function readAssignments(
  store: MetadataStore,
  partitions: readonly PartitionId[],
): Promise<StoredAssignment[]> {
  const topics = new Set(partitions.map((partition) => partition.topicName));
  const prefixes =
    topics.size <= TOPICS_READ_ONE_BY_ONE ? [...topics].map(topicAssignmentsPrefix) : [ASSIGNMENTS_PREFIX];
  const stored = new Map<string, Omit<StoredAssignment, 'id'>>();
  for (const prefix of prefixes) {
    for (const entry of (await store.range(prefix)).entries) {
      if (parseKey(entry.key)?.type !== 'assignment') continue;
      const { epoch, tenures } = decodePartitionAssignment(entry.value, entry.key);
      stored.set(entry.key, { modRevision: entry.modRevision, epoch, tenures: tenures.map(tenureOf) });
    }
  }
  return partitions.map((id) => ({
    id,
    ...(stored.get(assignmentKey(id.topicName, id.partition)) ?? { modRevision: 0, epoch: -1, tenures: [] }),
  }));
}

/**
 * Makes an incarnation the leader of partitions, under epochs one above the last ones: appends its tenures, and closes
 * the open ones before it, which belong to incarnations that have ended.
 *
 * @returns those that were claimed, with their new epochs; missing are partitions whose record or topic changed meanwhile
 * @throws MetadataUnavailableError when an outcome is unknown; read the assignments again then
 */
export async function claimPartitions(
  store: MetadataStore,
  incarnation: { readonly id: string; readonly brokerId: number },
  claims: readonly Claim[],
  now: Date,
): Promise<{ readonly id: PartitionId; readonly epoch: number }[]> {
  const claimed: { id: PartitionId; epoch: number }[] = [];
  for (let at = 0; at < claims.length; at += CLAIMS_PER_TXN) {
    const some = claims.slice(at, at + CLAIMS_PER_TXN);
    const compare: Compare[] = [{ key: incarnationKey(incarnation.id), exists: true }];
    const success: Operation[] = [];
    for (const claim of some) {
      compare.push(...comparesOf(claim));
      success.push(...putsOf(claim, incarnation, now));
    }
    const result = await store.txn({ compare, success });
    if (result.succeeded) {
      claimed.push(...some.map(({ assignment }) => ({ id: assignment.id, epoch: assignment.epoch + 1 })));
    } else if (some.length > 1) {
      // One of them changed; alone, the others go through.
      for (const claim of some) claimed.push(...(await claimPartitions(store, incarnation, [claim], now)));
    }
  }
  return claimed;
}

function comparesOf({ assignment }: Claim): Compare[] {
  const { topicName, partition } = assignment.id;
  const key = assignmentKey(topicName, partition);
  return [
    assignment.modRevision === 0 ? { key, exists: false } : { key, modRevision: assignment.modRevision },
    { key: topicConfigKey(topicName), exists: true },
  ];
}

function putsOf(claim: Claim, incarnation: { id: string; brokerId: number }, now: Date): Operation[] {
  const { id, epoch: lastEpoch, tenures } = claim.assignment;
  const epoch = lastEpoch + 1;
  const brokerId = String(incarnation.brokerId);
  const assignment = encodePartitionAssignment({
    brokerId,
    epoch,
    assignedAt: now.toISOString(),
    incarnationId: incarnation.id,
    tenures: [
      ...closeTenures(tenures, claim.logEndOffset).map(({ toOffset, ...tenure }) => ({
        ...tenure,
        toOffset: toOffset ?? null,
      })),
      { incarnationId: incarnation.id, epoch, fromOffset: claim.logEndOffset },
    ],
  });
  const state = encodePartitionState({
    topic: id.topicName,
    partition: id.partition,
    leaderBroker: brokerId,
    leaderEpoch: epoch,
    logStartOffset: claim.logStartOffset,
    logEndOffset: claim.logEndOffset,
    highWatermark: claim.logEndOffset,
    activeSegment: '',
    segments: [],
  });
  return [
    { type: 'put', key: assignmentKey(id.topicName, id.partition), value: assignment },
    { type: 'put', key: partitionStateKey(id.topicName, id.partition), value: state },
  ];
}

/** Gives open tenures their end; those that wrote nothing are left out, so that restarts of an idle broker leave no trace. */
function closeTenures(tenures: readonly Tenure[], logEndOffset: number): Tenure[] {
  return tenures
    .map((tenure) => ({ ...tenure, toOffset: tenure.toOffset ?? logEndOffset }))
    .filter((tenure) => tenure.toOffset > tenure.fromOffset);
}

function tenureOf(stored: {
  incarnationId?: string | null;
  epoch?: number | null;
  fromOffset?: number | null;
  toOffset?: number | null;
}): Tenure {
  return {
    incarnationId: stored.incarnationId ?? '',
    epoch: stored.epoch ?? 0,
    fromOffset: stored.fromOffset ?? 0,
    toOffset: stored.toOffset ?? undefined,
  };
}
