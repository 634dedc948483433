import type { PartitionLog } from './partition-log.js';

/** What is known in memory of the WAL of the live incarnation, all as of one moment. */
export interface LiveWal {
  readonly incarnationId: string;
  /** The last object that is committed, and whose contents the partitions' logs have taken over; 0 for none. */
  readonly deliveredSequence: number;
  /**
   * The first object that holds a record at or above the checkpoint of a partition, whoever leads it; undefined when there
   * is none. Of an object that replaced several it is the first one of those.
   */
  readonly firstNeeded: number | undefined;
}

/** The first WAL object of an incarnation that one of these logs needs. Each log's extents are in the order of the objects. */
export function firstNeededBy(logs: Iterable<PartitionLog>, incarnationId: string): number | undefined {
  let first: number | undefined;
  for (const log of logs) {
    const extent = log.uncompacted().find(({ object }) => object.incarnationId === incarnationId);
    if (extent !== undefined) first = Math.min(first ?? Infinity, extent.object.firstSequence);
  }
  return first;
}
