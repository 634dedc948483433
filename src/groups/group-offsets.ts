import type { CommittedOffset } from './committed-offset.js';

export interface PartitionOffset {
  readonly topic: string;
  readonly partition: number;
  readonly committed: CommittedOffset;
}

/** The offsets of one group that are durable. */
export class GroupOffsets {
  /** Settles when the last commit that was begun has come to its end, whether it succeeded or not. */
  lastCommit: Promise<unknown> = Promise.resolve();
  private readonly byTopic = new Map<string, Map<number, CommittedOffset>>();
  private readonly beingWritten = new Map<string, number>();

  /** Whether there are none, and none are being written. */
  get isUnused(): boolean {
    return this.byTopic.size === 0 && this.beingWritten.size === 0;
  }

  get(topic: string, partition: number): CommittedOffset | undefined {
    return this.byTopic.get(topic)?.get(partition);
  }

  set(topic: string, partition: number, committed: CommittedOffset): void {
    const partitions = this.byTopic.get(topic) ?? new Map<number, CommittedOffset>();
    this.byTopic.set(topic, partitions.set(partition, committed));
  }

  delete(topic: string, partition: number): void {
    const partitions = this.byTopic.get(topic);
    partitions?.delete(partition);
    if (partitions?.size === 0) this.byTopic.delete(topic);
  }

  *all(): Generator<PartitionOffset> {
    for (const [topic, partitions] of this.byTopic) {
      for (const [partition, committed] of partitions) yield { topic, partition, committed };
    }
  }

  /** Whether a commit of the partition is under way: what is here is about to be replaced. */
  isBeingWritten(topic: string, partition: number): boolean {
    return this.beingWritten.has(keyOf(topic, partition));
  }

  writing(topic: string, partition: number): void {
    const key = keyOf(topic, partition);
    this.beingWritten.set(key, (this.beingWritten.get(key) ?? 0) + 1);
  }

  written(topic: string, partition: number): void {
    const key = keyOf(topic, partition);
    const rest = (this.beingWritten.get(key) ?? 0) - 1;
    if (rest > 0) this.beingWritten.set(key, rest);
    else this.beingWritten.delete(key);
  }
}

function keyOf(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}
