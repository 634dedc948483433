import { tenuresSince } from '../metadata/partition-assignment.js';
import type { StoredPartitionState } from '../metadata/partition-state.js';
import type { Tenure } from '../metadata/tenure.js';
import type { ProducerBatch } from '../storage/wal-format.js';
import { extentOf, type Extent } from './extents.js';
import { partitionKey, type PartitionId } from '../metadata/partition-id.js';
import type { ReadObject, WalFooters } from './wal-footers.js';

export { MissingWalObjectError } from './wal-footers.js';

/** What was committed of a partition. */
export interface RecoveredPartition {
  readonly id: PartitionId;
  /** As the metadata store has it; undefined when the partition never had a leader. */
  readonly state: StoredPartitionState | undefined;
  /** In offset order, those that have batches at or above the checkpoint. */
  readonly extents: readonly Extent[];
  /** Of idempotent producers, in offset order: at least those in {@link extents}. */
  readonly producerBatches: readonly ProducerBatch[];
  /** Offset after the last committed record. */
  readonly logEndOffset: number;
}

/**
 * Finds out what was committed under tenures that are over: released, or of incarnations that have ended. It is told by the
 * commit records, and the footers of the WAL objects that these cover, or of the objects that these were merged into.
 * Uploaded objects beyond the commit record of an ended incarnation never become visible.
 */
export class WalRecovery {
  private readonly incarnations = new Map<string, Promise<Contents>>();

  constructor(private readonly footers: WalFooters) {}

  /**
   * What was committed of a partition since its checkpoint. Incarnations are read only while a tenure of theirs is needed.
   *
   * @param tenures oldest first
   * @throws MissingWalObjectError, WalFormatError when a committed object is gone or damaged
   * @throws MetadataUnavailableError when a commit record can't be read
   * @throws Error when committed records are missing (I1, I3)
   */
  async recover(
    id: PartitionId,
    tenures: readonly Tenure[],
    state: StoredPartitionState | undefined,
  ): Promise<RecoveredPartition> {
    const checkpointOffset = state?.checkpointOffset ?? 0;
    const extents: Extent[] = [];
    const batches: ProducerBatch[] = [];
    let end = checkpointOffset;
    for (const { extent, producerBatches } of await this.entriesOf(id, tenuresSince(tenures, checkpointOffset))) {
      if (extent.lastOffset < checkpointOffset) continue;
      const { baseOffset } = extent;
      if (extents.length === 0 ? baseOffset > end : baseOffset !== end) {
        throw missing(id, `from ${end} to ${baseOffset}: next is ${extent.object.key}`);
      }
      extents.push(extent);
      for (const batch of producerBatches) batches.push(batch);
      end = extent.lastOffset + 1;
    }
    // What a release has said, and what clients may have been shown.
    const known = Math.max(state?.highWatermark ?? 0, ...tenures.map(({ toOffset }) => toOffset ?? 0));
    if (end < known) throw missing(id, `from ${end} to ${known}`);
    return { id, state, extents, producerBatches: batches, logEndOffset: end };
  }

  private async entriesOf(id: PartitionId, tenures: readonly Tenure[]): Promise<RecoveredEntry[]> {
    const entries: RecoveredEntry[] = [];
    const contents = await Promise.all(tenures.map(({ incarnationId }) => this.committedBy(incarnationId)));
    for (const [index, tenure] of tenures.entries()) {
      for (const entry of contents[index]?.get(partitionKey(id)) ?? []) {
        if (entry.extent.leaderEpoch === tenure.epoch && isWithin(entry.extent, tenure)) entries.push(entry);
      }
    }
    return entries;
  }

  /** Everything an incarnation has committed and not trimmed, by partition. */
  private committedBy(incarnationId: string): Promise<Contents> {
    let committed = this.incarnations.get(incarnationId);
    if (committed === undefined) {
      committed = this.footers.readAll(incarnationId).then(groupByPartition);
      this.incarnations.set(incarnationId, committed);
    }
    return committed;
  }
}

interface RecoveredEntry {
  readonly extent: Extent;
  readonly producerBatches: readonly ProducerBatch[];
}

/** Entries in offset order, by partition. */
type Contents = ReadonlyMap<string, readonly RecoveredEntry[]>;

function groupByPartition(objects: readonly ReadObject[]): Contents {
  const partitions = new Map<string, RecoveredEntry[]>();
  for (const {
    object: { key },
    contents,
  } of objects) {
    const { incarnationId, firstSequence, sequence, createdAt, entries } = contents;
    const object = { key, incarnationId, firstSequence, sequence, createdAt };
    for (const entry of entries) {
      const id = partitionKey(entry);
      const recovered = { extent: extentOf(entry, object), producerBatches: entry.producerBatches };
      const known = partitions.get(id);
      if (known === undefined) partitions.set(id, [recovered]);
      else known.push(recovered);
    }
  }
  return partitions;
}

function isWithin(extent: Extent, tenure: Tenure): boolean {
  if (extent.baseOffset < tenure.fromOffset) return false;
  return tenure.toOffset === undefined || extent.lastOffset < tenure.toOffset;
}

function missing({ topicName, partition }: PartitionId, range: string): Error {
  return new Error(`I3 violated: committed records of ${topicName}-${partition} are missing, ${range}`);
}
