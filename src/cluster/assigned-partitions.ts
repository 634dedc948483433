import type { Logger } from '../logging/logger.js';
import type { MetadataStore } from '../metadata/metadata-store.js';
import { isClaimed } from '../metadata/partition-assignment.js';
import { readPartitions, type StoredPartition } from '../metadata/stored-partitions.js';
import type { TopicCatalogue } from '../metadata/topic-catalogue.js';
import { backoffDelay, interruptibleSleep } from '../time/backoff.js';
import type { Clock } from '../time/clock.js';
import type { ClusterMirror, MirroredAssignment } from './cluster-mirror.js';
import { claimPartitions } from './partition-claims.js';
import type { LiveIncarnation, PartitionHost, Recovered } from './partition-host.js';
import { partitionKey, type PartitionId } from '../metadata/partition-id.js';
import { releasePartitions, type Release } from './partition-release.js';

export interface AssignedPartitionsDependencies {
  readonly store: MetadataStore;
  readonly catalogue: Pick<TopicCatalogue, 'get' | 'getById'>;
  readonly mirror: ClusterMirror;
  readonly host: PartitionHost;
  readonly clock: Clock;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  readonly logger: Logger;
  /** Called after partitions were opened, closed or given up. */
  readonly changed: () => void;
}

/** A partition that is assigned to this incarnation, as far as is known here. */
interface Assigned {
  readonly key: string;
  readonly id: PartitionId;
  readonly epoch: number;
  readonly moveTo: number | undefined;
}

const RETRY_MS = 500;
/** For how long the mirror may show what is not so any more, ms, before the records are read again. */
const MIRROR_LAG_MS = 100;
/** Given up under one flush; the others go on meanwhile. */
const RELEASED_AT_ONCE = 600;

/**
 * Has one incarnation lead what is assigned to it: opens it, and gives it up when it is to move or the broker drains.
 *
 * The mirror only says when to look: what is opened is read anew, and linearizably (commit protocol, rule 8), and every
 * transaction compares what was read. One group of partitions is opened at a time and one given up, so that those that
 * come meanwhile are done together.
 */
export class AssignedPartitions {
  private readonly ended = new AbortController();
  private isOpening = false;
  /** Those under way, by key. */
  private readonly opening = new Set<string>();
  private readonly releasing = new Set<string>();
  /** Closed here and not released yet. Where their tenures end is known from here only, and they are never opened again. */
  private readonly settled = new Map<string, Release>();
  /** Given up, while the mirror still shows them as led under that epoch. */
  private readonly released = new Map<string, Release>();
  /** Those that are to be given up although they are to stay. */
  private readonly unwanted = new Set<string>();
  /** How often partitions could not be opened in a row, and when they are tried again, monotonic ms. */
  private readonly setbacks = new Map<string, { failures: number; notBefore: number }>();
  private isQueued = false;
  /** Of the mirror, as of the last look. */
  private seenVersion = 0;
  private draining = false;
  private readonly waiters = new Set<() => void>();

  constructor(
    private readonly incarnation: LiveIncarnation,
    private readonly dependencies: AssignedPartitionsDependencies,
  ) {}

  /** Looks at what is assigned and does what is to be done, soon. */
  look(): void {
    this.seenVersion = -1;
    this.lookIfChanged();
  }

  /** The same, if the mirror shows something else than at the last look. */
  lookIfChanged(): void {
    if (this.isQueued || this.ended.signal.aborted) return;
    this.isQueued = true;
    this.dependencies.clock.defer(() => {
      this.isQueued = false;
      if (!this.ended.signal.aborted) this.lookNow();
    });
  }

  private lookNow(): void {
    const version = this.dependencies.mirror.versionOf(this.incarnation.id);
    if (version !== this.seenVersion) {
      this.seenVersion = version;
      this.forgetHistory();
      this.closeDeleted();
      const mine = this.mine();
      this.releaseSome(mine);
      this.openAll(mine);
    }
    for (const check of [...this.waiters]) check();
  }

  /** Ends all that is under way: the incarnation is over. */
  abandon(reason: string): void {
    this.ended.abort(new Error(reason));
    for (const check of [...this.waiters]) check();
  }

  /** Gives up everything from now on, or takes what is assigned again. */
  setDraining(draining: boolean): void {
    this.draining = draining;
    this.look();
  }

  /** Gives up these partitions, once. */
  giveUp(partitions: Iterable<PartitionId>): void {
    for (const id of partitions) this.unwanted.add(partitionKey(id));
    this.look();
  }

  /** All that this incarnation leads or is to lead. */
  assigned(): PartitionId[] {
    return Array.from(this.mine(), ({ id }) => id);
  }

  /** Whether everything that is known to be assigned here is led, or could not be opened and is tried again. */
  get isUpToDate(): boolean {
    const { host } = this.dependencies;
    const hasFailed = (key: string) => (this.setbacks.get(key)?.failures ?? 0) > 0;
    return this.mine().every(({ id, key }) => host.leads(id.topicId, id.partition) || hasFailed(key));
  }

  /** Resolves when the condition holds, which is checked after every change, or when the incarnation has ended. */
  until(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = () => {
        if (!condition() && !this.ended.signal.aborted) return;
        this.waiters.delete(check);
        resolve();
      };
      this.waiters.add(check);
      check();
    });
  }

  private mine(): Assigned[] {
    const { mirror, catalogue } = this.dependencies;
    const mine: Assigned[] = [];
    for (const assignment of mirror.assignedTo(this.incarnation.id)) {
      const id = idOf(assignment, catalogue);
      if (id === undefined) continue;
      const key = partitionKey(id);
      if (assignment.epoch > (this.released.get(key)?.epoch ?? -1)) mine.push({ ...assignment, id, key });
    }
    return mine;
  }

  /** What the mirror shows by now. */
  private forgetHistory(): void {
    for (const [key, { id, epoch }] of this.released) {
      const known = this.dependencies.mirror.assignment(id.topicName, id.partition);
      if (known?.incarnationId !== this.incarnation.id || known.epoch !== epoch) this.released.delete(key);
    }
  }

  private closeDeleted(): void {
    const { host, catalogue } = this.dependencies;
    for (const topicId of host.openTopics()) if (catalogue.getById(topicId) === undefined) host.closeTopic(topicId);
  }

  private hasToGo({ key, moveTo }: Assigned): boolean {
    const isToMove = moveTo !== undefined && moveTo !== this.incarnation.brokerId;
    return this.draining || this.settled.has(key) || this.unwanted.has(key) || isToMove;
  }

  private releaseSome(mine: readonly Assigned[]): void {
    if (this.releasing.size > 0) return;
    const leaving = mine
      .filter((assigned) => this.hasToGo(assigned) && !this.opening.has(assigned.key))
      .slice(0, RELEASED_AT_ONCE);
    if (leaving.length === 0) return;
    for (const { key } of leaving) this.releasing.add(key);
    void this.release(leaving)
      .catch((error: unknown) => this.failed('release_failed', 'cannot give partitions up, trying again', error))
      .finally(() => {
        for (const { key } of leaving) this.releasing.delete(key);
        this.finished();
      });
  }

  private async release(leaving: readonly Assigned[]): Promise<void> {
    const { host, logger } = this.dependencies;
    const { signal } = this.ended;
    const open = leaving.filter(({ key }) => !this.settled.has(key));
    const ids = open.map(({ id }) => id);
    const ends = await host.settle(ids);
    signal.throwIfAborted();
    for (const [index, { key, id, epoch }] of open.entries()) {
      // The mirror may still show the partition of a namesake that was deleted: the epoch is the one that it was led under.
      const { leaderEpoch = epoch, endOffset } = ends[index] ?? {};
      this.settled.set(key, { id, epoch: leaderEpoch, endOffset });
    }
    // From the moment at which the release is sent others may lead them.
    host.forget(ids);
    this.dependencies.changed();
    const releases = leaving.flatMap(({ key }) => this.settled.get(key) ?? []);
    let count = 0;
    const released = (some: readonly Release[]) => {
      count += some.length;
      for (const release of some) this.wasReleased(release);
    };
    await releasePartitions(this.dependencies, this.incarnation.id, releases, released, signal);
    logger.info({ event: 'partitions_released', partitions: count }, 'gave up partitions');
    if (count < releases.length) await this.pause(RETRY_MS);
  }

  private wasReleased(release: Release): void {
    const key = partitionKey(release.id);
    this.released.set(key, release);
    this.settled.delete(key);
    this.unwanted.delete(key);
    this.setbacks.delete(key);
  }

  private openAll(mine: readonly Assigned[]): void {
    if (this.isOpening) return;
    const { host, clock } = this.dependencies;
    const missing = mine.filter((assigned) => {
      const { id, key } = assigned;
      if (host.leads(id.topicId, id.partition) || this.releasing.has(key) || this.hasToGo(assigned)) return false;
      return (this.setbacks.get(key)?.notBefore ?? 0) <= clock.monotonic();
    });
    if (missing.length === 0) return;
    this.isOpening = true;
    for (const { key } of missing) this.opening.add(key);
    void this.open(missing.map(({ id }) => id))
      .catch((error: unknown) => this.failed('opening_failed', 'cannot open partitions, trying again', error))
      .finally(() => {
        this.isOpening = false;
        this.opening.clear();
        this.finished();
      });
  }

  /** Reads what is committed of the partitions, claims them, and opens them. */
  private async open(partitions: readonly PartitionId[]): Promise<void> {
    const { store, host } = this.dependencies;
    const stored = await this.read(partitions);
    // What an incarnation that has ended meanwhile has written under its own tenure would look missing.
    this.requireLive();
    const results = await host.recover(
      stored.map((partition) => ({
        id: partition.id,
        tenures: this.earlierTenures(partition),
        state: partition.state,
      })),
    );
    this.requireLive();
    const recovered = new Map<StoredPartition, Recovered>();
    for (const [index, result] of results.entries()) {
      if ('error' in result) this.setBack(result.id, result.error);
      else recovered.set(stored[index] as StoredPartition, result);
    }
    // A claim whose outcome was unknown may have been carried out; nothing was appended under it yet.
    const open = (claimed: readonly StoredPartition[]) => {
      this.requireLive();
      for (const partition of claimed) {
        this.setbacks.delete(partitionKey(partition.id));
        host.open(recovered.get(partition) as Recovered, partition.assignment.epoch);
      }
      this.dependencies.changed();
    };
    open([...recovered.keys()].filter(({ assignment }) => isClaimed(assignment)));
    const claims = [...recovered].filter(([{ assignment }]) => !isClaimed(assignment));
    await claimPartitions(
      store,
      this.incarnation,
      claims.map(([partition, { logEndOffset }]) => ({ partition, logEndOffset })),
      open,
    );
    for (const id of partitions) if (!host.leads(id.topicId, id.partition)) this.lookAgain(id);
  }

  /** Those that are to be opened here by what the metadata store has now. */
  private async read(partitions: readonly PartitionId[]): Promise<StoredPartition[]> {
    const stored: StoredPartition[] = [];
    for (const partition of await readPartitions(this.dependencies.store, partitions, this.incarnation.id)) {
      if (typeof partition === 'string') continue;
      if ('error' in partition) this.setBack(partition.id, partition.error);
      else if (this.isMine(partition)) stored.push(partition);
    }
    return stored;
  }

  private isMine({ assignment: { incarnationId, moveTo } }: StoredPartition): boolean {
    const stays = moveTo === '' || moveTo === String(this.incarnation.brokerId);
    return incarnationId === this.incarnation.id && stays;
  }

  /** All but its own open one, under which nothing has been written yet. */
  private earlierTenures({ assignment }: StoredPartition) {
    return isClaimed(assignment) ? assignment.tenures.slice(0, -1) : assignment.tenures;
  }

  /** A partition that can't be opened is tried again, and doesn't hold up the others. */
  private setBack(id: PartitionId, error: unknown): void {
    const { random, logger } = this.dependencies;
    const { topicName: topic, partition } = id;
    const attempt = this.setbacks.get(partitionKey(id))?.failures ?? 0;
    logger.error(
      { event: 'partition_recovery_failed', topic, partition, attempt, err: error },
      'partition not available, trying again',
    );
    this.tryLater(id, attempt + 1, backoffDelay(attempt, random));
  }

  /** Its records have changed, or the mirror is behind. */
  private lookAgain(id: PartitionId): void {
    const { failures = 0, notBefore = 0 } = this.setbacks.get(partitionKey(id)) ?? {};
    if (notBefore <= this.dependencies.clock.monotonic()) this.tryLater(id, failures, MIRROR_LAG_MS);
  }

  private tryLater(id: PartitionId, failures: number, delayMs: number): void {
    const { clock } = this.dependencies;
    this.setbacks.set(partitionKey(id), { failures, notBefore: clock.monotonic() + delayMs });
    void this.pause(delayMs).then(() => this.look());
  }

  private requireLive(): void {
    this.ended.signal.throwIfAborted();
    if (!this.incarnation.isLive()) throw new Error('the incarnation ended while partitions were opened');
  }

  private finished(): void {
    this.dependencies.changed();
    this.look();
  }

  private async failed(event: string, message: string, error: unknown): Promise<void> {
    if (this.ended.signal.aborted) return;
    this.dependencies.logger.error({ event, err: error }, message);
    await this.pause(RETRY_MS);
  }

  /** Waits, but not beyond the end. */
  private async pause(delayMs: number): Promise<void> {
    await interruptibleSleep(this.dependencies.clock, delayMs, this.ended.signal).catch(() => undefined);
  }
}

function idOf(
  { topicName, partition }: MirroredAssignment,
  catalogue: Pick<TopicCatalogue, 'get'>,
): PartitionId | undefined {
  const topic = catalogue.get(topicName);
  return topic && partition < topic.partitionCount ? { topicName, topicId: topic.id, partition } : undefined;
}
