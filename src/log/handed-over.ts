import { partitionStateKey, topicConfigKey } from '../metadata/keys.js';
import { MAX_TXN_OPERATIONS, type MetadataStore } from '../metadata/metadata-store.js';
import { decodeStateRecord } from '../metadata/partition-state.js';
import { decodeTopic } from '../metadata/topic.js';
import { partitionKey, type PartitionId } from '../metadata/partition-id.js';

interface HandedOver {
  readonly id: PartitionId;
  /** As it was last read: it may have moved up since. */
  checkpointOffset: number;
}

/** Topic and state are read of each. */
const READS_PER_TXN = Math.floor(MAX_TXN_OPERATIONS / 2);

/**
 * Partitions that the live incarnation has written and given up. Whoever leads them needs its WAL down to their checkpoints,
 * which only the metadata store tells (commit protocol, rule 11).
 */
export class HandedOverPartitions {
  private readonly partitions = new Map<string, HandedOver>();

  constructor(private readonly metadata: MetadataStore) {}

  /** The partition is given up. */
  add(id: PartitionId, checkpointOffset: number): void {
    this.partitions.set(partitionKey(id), { id, checkpointOffset });
  }

  /** It is led here again. */
  delete(id: PartitionId): void {
    this.partitions.delete(partitionKey(id));
  }

  /** No higher than it is; undefined for a partition that was not handed over. Nothing is needed of a deleted topic. */
  checkpointOf(topicId: string, partition: number): number | undefined {
    return this.partitions.get(partitionKey({ topicId, partition }))?.checkpointOffset;
  }

  /** Reads how far the partitions' leaders have come. Throws MetadataUnavailableError. */
  async refresh(): Promise<void> {
    const all = [...this.partitions.values()].filter(({ checkpointOffset }) => checkpointOffset < Infinity);
    for (let at = 0; at < all.length; at += READS_PER_TXN) {
      const some = all.slice(at, at + READS_PER_TXN);
      const { reads } = await this.metadata.txn({
        compare: [],
        success: some.flatMap(({ id: { topicName, partition } }) => [
          { type: 'get', key: topicConfigKey(topicName) },
          { type: 'get', key: partitionStateKey(topicName, partition) },
        ]),
      });
      for (const [index, handedOver] of some.entries()) {
        const [topic, state] = reads.slice(2 * index);
        const isGone = topic === undefined || decodeTopic(topic).id !== handedOver.id.topicId;
        if (isGone) handedOver.checkpointOffset = Infinity;
        else if (state !== undefined) handedOver.checkpointOffset = decodeStateRecord(state).checkpointOffset;
      }
    }
  }
}
