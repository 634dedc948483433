import { committedOffsetKey } from '../metadata/keys.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import type { Clock } from '../time/clock.js';
import type { Committer } from './classic/classic-group.js';
import { inWriteTime } from './in-write-time.js';
import { encodeOffset, type CommittedOffset } from './committed-offset.js';
import type { Group } from './group.js';
import type { GroupDirectory } from './group-directory.js';
import type { PartitionOffset } from './group-offsets.js';
import { MAX_OFFSET_METADATA_LENGTH } from './group-options.js';

/** One offset that a client commits, of a partition that is known to exist. */
export interface OffsetToCommit {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  readonly offset: number;
  readonly leaderEpoch: number;
  readonly metadata: string;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** Tells topics that exist by name; of an offset that belongs to an earlier namesake nothing is shown. */
export interface KnownTopics {
  get(name: string): { readonly id: string } | undefined;
}

export interface OffsetObserver {
  /** An offset was committed, and is durable. */
  offsetCommitted(position: { readonly topicId: string; readonly partition: number; readonly offset: number }): void;
}

/** Keeps how far groups have come. What it says was committed is durable, and what it shows is. */
export class OffsetCoordinator {
  constructor(
    private readonly directory: GroupDirectory,
    private readonly topics: KnownTopics,
    private readonly clock: Clock,
    private readonly observer?: OffsetObserver,
  ) {}

  /**
   * Commits offsets; resolves when they are durable.
   *
   * @param retentionMs how long to keep them, whatever the state of the group; undefined: by the rules of the group
   * @param missing what a member is told of a group that isn't there
   * @returns an error code for each
   * @throws KafkaError as {@link GroupDirectory.find} and {@link ClassicGroup.checkCommit};
   *   COORDINATOR_NOT_AVAILABLE when the metadata store takes too long: the offsets may be committed all the same
   */
  async commit(
    groupId: string,
    committer: Committer,
    offsets: readonly OffsetToCommit[],
    retentionMs: number | undefined,
    missing: ErrorCode,
  ): Promise<readonly ErrorCode[]> {
    const group = this.groupOf(groupId, committer, missing);
    group.membership.checkCommit(committer, offsets);
    const done = this.put(group, offsets, retentionMs);
    group.offsets.lastCommit = done;
    return inWriteTime(this.clock, done);
  }

  /**
   * Resolves when the commits of a group that are under way have come to an end, so that what is fetched next is theirs
   * too. Throws as {@link commit}.
   */
  async settle(groupId: string): Promise<void> {
    const group = this.directory.find(groupId);
    if (group !== undefined) await inWriteTime(this.clock, group.offsets.lastCommit);
  }

  /**
   * Checks that a member of the consumer protocol is of the epoch that it takes itself to be.
   *
   * @throws KafkaError UNKNOWN_MEMBER_ID, STALE_MEMBER_EPOCH; and as {@link GroupDirectory.find}
   */
  checkFetch(groupId: string, memberId: string | null, memberEpoch: number): void {
    this.directory.find(groupId)?.consumer?.checkFetch(memberId, memberEpoch);
  }

  /**
   * What a group has committed of a partition; undefined when there is nothing, or no such group.
   *
   * @throws KafkaError as {@link GroupDirectory.find}
   */
  fetch(groupId: string, topic: string, partition: number): CommittedOffset | undefined {
    const committed = this.directory.find(groupId)?.offsets.get(topic, partition);
    return committed !== undefined && this.isVisible(topic, committed) ? committed : undefined;
  }

  /** All that a group has committed. Throws KafkaError as {@link GroupDirectory.find}. */
  fetchAll(groupId: string): PartitionOffset[] {
    const offsets = this.directory.find(groupId)?.offsets.all() ?? [];
    return [...offsets].filter(({ topic, committed }) => this.isVisible(topic, committed));
  }

  /**
   * Deletes offsets; resolves when that is durable.
   *
   * @returns an error code for each
   * @throws KafkaError INVALID_GROUP_ID, GROUP_ID_NOT_FOUND; NON_EMPTY_GROUP for groups of other protocols than the
   *   consumers', whose subscriptions are not known; and as {@link commit}
   */
  async delete(groupId: string, partitions: readonly TopicPartition[]): Promise<ErrorCode[]> {
    if (groupId === '') throw new KafkaError(ErrorCode.INVALID_GROUP_ID);
    const group = this.directory.find(groupId);
    if (group === undefined) throw new KafkaError(ErrorCode.GROUP_ID_NOT_FOUND);
    if (group.membership.state !== 'Empty' && !group.isConsumerGroup) throw new KafkaError(ErrorCode.NON_EMPTY_GROUP);
    const subscriptions = group.subscriptions();
    const deletions = partitions.map(({ topic, partition }) => {
      const isSubscribed = subscriptions === undefined || subscriptions.has(topic);
      if (isSubscribed) return Promise.resolve(ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC);
      return this.remove(group, topic, partition);
    });
    return inWriteTime(this.clock, Promise.all(deletions));
  }

  /** Deletes one offset, if there is one. @returns an error code */
  async remove(group: Group, topic: string, partition: number): Promise<ErrorCode> {
    const { offsets } = group;
    if (offsets.get(topic, partition) === undefined && !offsets.isBeingWritten(topic, partition)) return ErrorCode.NONE;
    try {
      await group.writes.write({ type: 'delete', key: committedOffsetKey(group.id, topic, partition) });
      offsets.delete(topic, partition);
      return ErrorCode.NONE;
    } catch (error) {
      return codeOf(error);
    }
  }

  /** Whether an offset belongs to the topic that has its name now. */
  isVisible(topic: string, committed: CommittedOffset): boolean {
    const known = this.topics.get(topic);
    return known !== undefined && (committed.topicId === undefined || committed.topicId === known.id);
  }

  private groupOf(groupId: string, { generationId }: Committer, missing: ErrorCode): Group {
    // A client without membership needs no group: its first commit makes one.
    if (generationId < 0) return this.directory.findOrCreate(groupId);
    const group = this.directory.find(groupId);
    if (group === undefined) throw new KafkaError(missing);
    return group;
  }

  /** Resolves to an error code for each when all have ended. A request may have thousands: no promise for each. */
  private put(
    group: Group,
    offsets: readonly OffsetToCommit[],
    retentionMs: number | undefined,
  ): Promise<readonly ErrorCode[]> {
    const committedAt = this.clock.now();
    const expiresAt = retentionMs === undefined ? undefined : committedAt + retentionMs;
    const { promise, resolve } = Promise.withResolvers<readonly ErrorCode[]>();
    const codes = offsets.map(({ metadata }): ErrorCode =>
      metadata.length > MAX_OFFSET_METADATA_LENGTH ? ErrorCode.OFFSET_METADATA_TOO_LARGE : ErrorCode.NONE,
    );
    let pending = codes.filter((code) => code === ErrorCode.NONE).length;
    if (pending === 0) resolve(codes);
    offsets.forEach(({ topic, partition, ...position }, index) => {
      if (codes[index] !== ErrorCode.NONE) return;
      const committed = { ...position, committedAt, expiresAt };
      const key = committedOffsetKey(group.id, topic, partition);
      group.offsets.writing(topic, partition);
      group.writes.begin({ type: 'put', key, value: encodeOffset(committed) }, (error) => {
        group.offsets.written(topic, partition);
        if (error === undefined) this.committed(group, topic, partition, committed);
        else codes[index] = error.code;
        pending -= 1;
        if (pending === 0) resolve(codes);
      });
    });
    return promise;
  }

  private committed(group: Group, topic: string, partition: number, committed: CommittedOffset): void {
    group.offsets.set(topic, partition, committed);
    const { topicId, offset } = committed;
    if (topicId !== undefined) this.observer?.offsetCommitted({ topicId, partition, offset });
  }
}

function codeOf(error: unknown): ErrorCode {
  if (error instanceof KafkaError) return error.code;
  throw error;
}
