import { partitionStatesPrefix, parseKey, topicAssignmentsPrefix } from '../../metadata/keys.js';
import type { Change, KeyValue, MetadataStore, Watch } from '../../metadata/metadata-store.js';
import { decodeAssignmentRecord } from '../../metadata/partition-assignment.js';
import { decodeStateRecord, type StoredPartitionState } from '../../metadata/partition-state.js';
import type { FollowedPartition } from './followed-partition.js';

export interface TopicListener {
  /** The partition has another leader than the one that is followed. */
  leaderChanged(partition: FollowedPartition): void;
  stateChanged(partition: FollowedPartition, state: StoredPartitionState): void;
}

/** The partitions of one topic that are followed, and a watch of what changes about them. */
export class FollowedTopic {
  readonly partitions = new Map<number, FollowedPartition>();
  private readonly watches: readonly Watch[];

  constructor(
    topicName: string,
    metadata: MetadataStore,
    private readonly listener: TopicListener,
  ) {
    this.watches = [
      this.watch(metadata, topicAssignmentsPrefix(topicName), (entry) => this.sawAssignment(entry)),
      this.watch(metadata, partitionStatesPrefix(topicName), (entry) => this.sawState(entry)),
    ];
  }

  close(): void {
    for (const watch of this.watches) watch.close();
  }

  private watch(metadata: MetadataStore, prefix: string, saw: (entry: KeyValue) => void): Watch {
    const watch = metadata.watch(prefix, {
      snapshot: (entries) => entries.forEach(saw),
      changes: (changes: readonly Change[]) => {
        for (const change of changes) if (change.type === 'put') saw(change.entry);
      },
    });
    // It is closed before its first snapshot when the topic isn't read for long.
    watch.ready.catch(() => undefined);
    return watch;
  }

  private sawAssignment(entry: KeyValue): void {
    const partition = this.partitionOf(entry.key);
    if (partition?.leader === undefined) return;
    const { incarnationId, epoch } = decodeAssignmentRecord(entry);
    const { leader } = partition;
    // A partition that was released is followed on, until somebody leads it again.
    if (incarnationId === '' || (incarnationId === leader.incarnationId && epoch === leader.leaderEpoch)) return;
    if (epoch >= leader.leaderEpoch) this.listener.leaderChanged(partition);
  }

  private sawState(entry: KeyValue): void {
    const partition = this.partitionOf(entry.key);
    if (partition !== undefined) this.listener.stateChanged(partition, decodeStateRecord(entry));
  }

  private partitionOf(key: string): FollowedPartition | undefined {
    const parsed = parseKey(key);
    const isOne = parsed?.type === 'assignment' || parsed?.type === 'partitionState';
    return isOne ? this.partitions.get(parsed.partition) : undefined;
  }
}
