import { assignmentKey, incarnationKey, topicConfigKey } from '../metadata/keys.js';
import { MetadataFormatError, type KeyValue, type MetadataStore, type Operation } from '../metadata/metadata-store.js';
import {
  decodeAssignmentRecord,
  encodeAssignmentRecord,
  isOwnTenure,
  type StoredAssignment,
} from '../metadata/partition-assignment.js';
import { untilAnswered, type Repeating } from '../metadata/repeat.js';
import { decodeTopic } from '../metadata/topic.js';
import { inParallel } from '../time/in-parallel.js';
import type { PartitionId } from '../metadata/partition-id.js';

/** A partition that nothing is uncommitted or unknown of, and nothing is accepted for any more. */
export interface Release {
  readonly id: PartitionId;
  /** Under which it was led. */
  readonly epoch: number;
  /** Its high watermark; undefined when it was not opened, so that nothing was written. */
  readonly endOffset: number | undefined;
}

export interface ReleaseDependencies extends Repeating {
  readonly store: MetadataStore;
}

const RELEASES_PER_TXN = 60;
/** Transactions under way at once. */
const CONCURRENCY = 8;

/**
 * Gives partitions up, so that the controller can assign them to others: puts their assignments without an incarnation,
 * and with the tenures closed at their ends, or dropped where nothing was written (commit protocol, rules 5 and 6).
 *
 * A transaction whose outcome is unknown is repeated as it is until it is answered (rule 1); one that was refused is made
 * anew from what its else-branch has read, for those partitions that are still assigned to the incarnation.
 *
 * @param released told of those that the incarnation doesn't lead any more, some at a time; it never hears of partitions
 *   whose records can't be read, which are logged and don't hold up the others
 * @throws the signal's reason when it is aborted: the incarnation has ended
 */
export async function releasePartitions(
  dependencies: ReleaseDependencies,
  incarnationId: string,
  releases: readonly Release[],
  released: (releases: readonly Release[]) => void,
  signal: AbortSignal,
): Promise<void> {
  const groups: Release[][] = [];
  for (let at = 0; at < releases.length; at += RELEASES_PER_TXN) groups.push(releases.slice(at, at + RELEASES_PER_TXN));
  await inParallel(CONCURRENCY, groups, async (some) => {
    released(await releaseSome(dependencies, incarnationId, some, signal));
  });
}

async function releaseSome(
  dependencies: ReleaseDependencies,
  incarnationId: string,
  releases: readonly Release[],
  signal: AbortSignal,
): Promise<readonly Release[]> {
  const { store, logger } = dependencies;
  const liveKey = incarnationKey(incarnationId);
  const reads = releases.flatMap(readsOf);
  let { reads: entries } = await untilAnswered(dependencies, 'release_retry', signal, () =>
    store.txn({ compare: [], success: reads }),
  );
  for (;;) {
    const damaged = new Set<Release>();
    const led = releases.flatMap((release, index) => {
      try {
        const assignment = assignmentOf(release, incarnationId, entries.slice(2 * index));
        return assignment === undefined ? [] : [{ release, assignment }];
      } catch (error) {
        if (!(error instanceof MetadataFormatError)) throw error;
        const { topicName: topic, partition } = release.id;
        logger.error({ event: 'release_unreadable', topic, partition, err: error }, 'cannot give a partition up');
        damaged.add(release);
        return [];
      }
    });
    const readable = releases.filter((release) => !damaged.has(release));
    if (led.length === 0) return readable;
    const transaction = {
      compare: [
        { key: liveKey, exists: true },
        ...led.map(({ release: { id }, assignment: { modRevision } }) => ({ key: keyOf(id), modRevision })),
      ],
      success: led.map(({ release, assignment }) => {
        const value = encodeAssignmentRecord(released(assignment, release.endOffset));
        return { type: 'put', key: keyOf(release.id), value } as const;
      }),
      failure: [{ type: 'get', key: liveKey }, ...reads] satisfies Operation[],
    };
    const result = await untilAnswered(dependencies, 'release_retry', signal, () => store.txn(transaction));
    if (result.succeeded) return readable;
    const [live, ...found] = result.reads;
    // Whoever ends an incarnation makes all that it leads vacant.
    if (live === undefined) return readable;
    entries = found;
  }
}

function keyOf({ topicName, partition }: PartitionId): string {
  return assignmentKey(topicName, partition);
}

/** The topic too: a namesake may have been created, and its partition assigned under the same epoch. */
function readsOf({ id }: Release): Operation[] {
  return [
    { type: 'get', key: keyOf(id) },
    { type: 'get', key: topicConfigKey(id.topicName) },
  ];
}

/** Undefined when somebody else leads the partition, or it is led under another epoch. */
function assignmentOf(
  { id, epoch }: Release,
  incarnationId: string,
  [assigned, topic]: readonly (KeyValue | undefined)[],
): StoredAssignment | undefined {
  if (assigned === undefined || topic === undefined || decodeTopic(topic).id !== id.topicId) return undefined;
  const assignment = decodeAssignmentRecord(assigned);
  return assignment.incarnationId === incarnationId && assignment.epoch === epoch ? assignment : undefined;
}

function released(assignment: StoredAssignment, endOffset: number | undefined): StoredAssignment {
  const tenures = assignment.tenures
    .map((tenure) =>
      isOwnTenure(tenure, assignment) ? { ...tenure, toOffset: endOffset ?? tenure.fromOffset } : tenure,
    )
    .filter(({ fromOffset, toOffset }) => toOffset === undefined || toOffset > fromOffset);
  return { ...assignment, incarnationId: '', tenures };
}
