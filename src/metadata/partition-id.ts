/** A partition by names. */
export interface PartitionId {
  readonly topicName: string;
  readonly topicId: string;
  readonly partition: number;
}

/** Tells partitions apart in maps, also from those of a deleted namesake of their topic. */
export function partitionKey({ topicId, partition }: Pick<PartitionId, 'topicId' | 'partition'>): string {
  return `${topicId}/${partition}`;
}
