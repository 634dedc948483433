import { ConsumerAssignment, ConsumerSubscription } from '../../src/protocol/schema/consumer-protocol.js';

/** Which stands before each blob. */
const VERSION_0 = Buffer.from([0, 0]);

export function subscriptionTo(topic: string): Buffer {
  return Buffer.concat([VERSION_0, ConsumerSubscription.encode({ topics: [topic] }, 0)]);
}

/** Deals partitions 0 to `partitions` - 1 out to the members, as SyncGroup takes them. */
export function assignEvenly(members: readonly string[], topic: string, partitions: number) {
  return members.map((memberId, index) => {
    const own: number[] = [];
    for (let partition = index; partition < partitions; partition += members.length) own.push(partition);
    const encoded = ConsumerAssignment.encode({ partitions: [{ topic, partitions: own }] }, 0);
    return { memberId, assignment: Buffer.concat([VERSION_0, encoded]) };
  });
}

/** Partitions of an assignment, which are all of one topic. */
export function assignedPartitions(assignment: Buffer): readonly number[] {
  const { partitions } = ConsumerAssignment.decode(assignment.subarray(VERSION_0.length), 0);
  return partitions.flatMap((topic) => topic.partitions);
}
