/** Tells partitions apart in maps. */
export function partitionKeyOf(topicId: string, partition: number): string {
  return `${topicId}/${partition}`;
}
