import type { Logger } from '../../logging/logger.js';
import { commitKey } from '../../metadata/keys.js';
import type { KeyValue, MetadataStore, Watch } from '../../metadata/metadata-store.js';
import { partitionKey } from '../../metadata/partition-id.js';
import { decodeIncarnationCommit } from '../../metadata/records.js';
import { walObjectKey } from '../../storage/object-keys.js';
import { ObjectNotFoundError, ObjectStoreError, type ObjectStore } from '../../storage/object-store.js';
import { readWalContents } from '../../storage/read-wal-contents.js';
import { WalFormatError, type WalObjectContents } from '../../storage/wal-format.js';
import { backoffDelay, interruptibleSleep } from '../../time/backoff.js';
import type { Clock } from '../../time/clock.js';
import { extentOf, type Extent } from '../extents.js';

export interface FollowedWalDependencies {
  /** First path segment of all object keys. */
  readonly namespace: string;
  readonly objects: ObjectStore;
  readonly metadata: MetadataStore;
  readonly clock: Clock;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  readonly logger: Logger;
}

/** Who follows a partition of an incarnation. */
export interface WalFollower {
  readonly topicId: string;
  readonly partition: number;
  /** An object was committed; what it holds of the partition, at least one extent. */
  committed(extents: readonly Extent[]): void;
  /** Objects were missed: what they hold is to be found out in another way. */
  missed(): void;
}

/** More objects than this aren't read one by one: most of them are merged by now. */
const MOST_BEHIND = 32;

/**
 * The WAL of another broker's incarnation, as it grows: a watch of its commit record says how far it is committed, and the
 * footers of the objects say what is in them, one GET each. Nothing that is not committed is ever looked at (I1).
 */
export class FollowedWal {
  /** Resolves when everything that is committed from then on is told to followers. */
  readonly ready: Promise<void>;
  /** By partition. */
  private readonly followers = new Map<string, WalFollower>();
  private readonly closing = new AbortController();
  private readonly watch: Watch;
  private committed = 0;
  private read: number | undefined;
  private reading = false;

  constructor(
    readonly incarnationId: string,
    private readonly dependencies: FollowedWalDependencies,
  ) {
    this.watch = dependencies.metadata.watch(commitKey(incarnationId), {
      snapshot: (entries) => this.sawCommits(entries),
      changes: (changes) => this.sawCommits(changes.flatMap((change) => (change.type === 'put' ? [change.entry] : []))),
    });
    this.ready = this.watch.ready;
  }

  get isFollowed(): boolean {
    return this.followers.size > 0;
  }

  add(follower: WalFollower): void {
    this.followers.set(partitionKey(follower), follower);
  }

  remove(follower: WalFollower): void {
    if (this.followers.get(partitionKey(follower)) === follower) this.followers.delete(partitionKey(follower));
  }

  close(): void {
    this.watch.close();
    this.closing.abort(new Error('nobody follows this WAL any more'));
  }

  private sawCommits(entries: readonly KeyValue[]): void {
    for (const { key, value } of entries) {
      this.committed = Math.max(this.committed, decodeIncarnationCommit(value, key).committedSequence);
    }
    // What was committed before is found by whoever begins to follow.
    this.read ??= this.committed;
    if (!this.reading) void this.readOn();
  }

  private async readOn(): Promise<void> {
    this.reading = true;
    while ((this.read ?? 0) < this.committed && !this.closing.signal.aborted) {
      const sequence = (this.read ?? 0) + 1;
      if (this.committed - sequence >= MOST_BEHIND) {
        this.skip();
        continue;
      }
      const key = walObjectKey(this.dependencies.namespace, this.incarnationId, sequence);
      const contents = await this.contentsOf(key);
      if (contents === undefined) {
        this.skip();
        continue;
      }
      this.read = sequence;
      this.tell(key, contents);
    }
    this.reading = false;
  }

  private tell(key: string, contents: WalObjectContents): void {
    const extents = new Map<WalFollower, Extent[]>();
    for (const entry of contents.entries) {
      const follower = this.followers.get(partitionKey(entry));
      if (follower === undefined) continue;
      const known = extents.get(follower) ?? [];
      known.push(extentOf(entry, { ...contents, key }));
      extents.set(follower, known);
    }
    for (const [follower, own] of extents) follower.committed(own);
  }

  private skip(): void {
    this.read = this.committed;
    for (const follower of [...this.followers.values()]) follower.missed();
  }

  /** Undefined when the object is gone, merged into another, or damaged. */
  private async contentsOf(key: string): Promise<WalObjectContents | undefined> {
    const { objects, clock, random, logger } = this.dependencies;
    const { signal } = this.closing;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await readWalContents(objects, key, { signal });
      } catch (error) {
        if (signal.aborted || error instanceof ObjectNotFoundError) return undefined;
        logger.warn(
          { event: 'followed_wal_unreadable', key, attempt, err: error },
          'the WAL of a leader cannot be read',
        );
        if (error instanceof WalFormatError) return undefined;
        if (!(error instanceof ObjectStoreError)) throw error;
        await interruptibleSleep(clock, backoffDelay(attempt, random), signal).catch(() => undefined);
      }
    }
  }
}
