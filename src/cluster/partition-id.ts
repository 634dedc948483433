export interface PartitionId {
  readonly topicName: string;
  readonly topicId: string;
  readonly partition: number;
}
