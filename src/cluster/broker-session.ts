import { randomBytes } from 'node:crypto';
import type { Logger } from '../logging/logger.js';
import { MetadataMismatchError, MetadataUnavailableError, type MetadataStore } from '../metadata/metadata-store.js';
import type { Topic, TopicCatalogue } from '../metadata/topic-catalogue.js';
import { backoffDelay, interruptibleSleep } from '../time/backoff.js';
import type { Clock } from '../time/clock.js';
import type { IncarnationTenant } from './incarnation-tenant.js';
import { Incarnation, OtherBrokerLiveError, SupersededError, type BrokerIdentity } from './incarnation.js';
import { claimPartitions, readPartitions, type StoredPartition } from './partition-claims.js';
import type { PartitionHost } from './partition-host.js';
import type { PartitionId } from './partition-id.js';

export interface BrokerSessionOptions {
  readonly broker: BrokerIdentity;
  /** How long the cluster waits for a silent broker, ms. */
  readonly leaseTtlMs: number;
  /** How long the start waits for the metadata store to answer, ms. */
  readonly startTimeoutMs: number;
  /** Throws when the metadata store must not be relied on: {@link MetadataMismatchError}. Before each incarnation but the first. */
  readonly verifyMetadata?: (signal: AbortSignal) => Promise<void>;
}

const RECONCILE_RETRY_MS = 500;

/**
 * This broker's membership: one incarnation after the other, each leading the partitions of all topics.
 *
 * When an incarnation is lost, everything in memory is dropped and a new one takes over what was committed. Topics that
 * come and go are opened and closed as the catalogue shows them.
 */
export class BrokerSession {
  /** Rejects when this process may not go on as this broker: it must end. Never resolves. */
  readonly failed: Promise<never>;
  private incarnation: Incarnation | undefined;
  private readonly ownIncarnations = new Set<string>();
  private hasJoined = false;
  private readonly fail: (error: Error) => void;
  private readonly stopping = new AbortController();
  private reconciling: Promise<void> = Promise.resolve();
  private reconcileQueued = false;
  private unsubscribe: () => void = () => undefined;
  private readonly openListeners = new Set<() => void>();
  private readonly tenants = new Set<IncarnationTenant>();
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: MetadataStore,
    private readonly catalogue: TopicCatalogue,
    private readonly host: PartitionHost,
    private readonly options: BrokerSessionOptions,
    private readonly clock: Clock,
    private readonly random: () => number,
    private readonly logger: Logger,
    private readonly newIncarnationId: () => string = () => randomBytes(16).toString('base64url'),
  ) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    this.fail = reject;
    promise.catch(() => undefined);
  }

  /** Whether this broker holds a live incarnation. */
  get isLive(): boolean {
    return this.incarnation?.isLive() ?? false;
  }

  get incarnationId(): string | undefined {
    return this.incarnation?.id;
  }

  /** Calls `listener` after this broker has begun to lead partitions. */
  onOpened(listener: () => void): void {
    this.openListeners.add(listener);
  }

  /** Has `tenant` begin and end with each incarnation. To be called before the start. */
  attach(tenant: IncarnationTenant): void {
    this.tenants.add(tenant);
  }

  /**
   * Joins the cluster, and begins to lead all partitions. Those with a history are opened in the background.
   *
   * @throws OtherBrokerLiveError, MetadataMismatchError, MetadataFormatError and what recovery throws: the broker must not start then
   * @throws MetadataUnavailableError when the metadata store has not answered within the start timeout
   */
  async start(): Promise<void> {
    const { ended } = await this.beginFirst();
    this.unsubscribe = this.catalogue.onChange(() => this.queueReconcile());
    this.running = this.keepAlive(ended);
  }

  /** Commits everything accepted so far, at once. Resolves at once when there is no live incarnation. */
  async flush(): Promise<void> {
    if (this.isLive) await this.host.flush();
  }

  /** Commits what was accepted and leaves the cluster. */
  async stop(): Promise<void> {
    this.unsubscribe();
    const incarnation = this.incarnation;
    await this.flush();
    this.stopping.abort(new Error('the broker is stopping'));
    this.abandonAll('this broker is stopping');
    await this.running;
    if (incarnation?.isLive() === true) await incarnation.end();
  }

  private async beginFirst(): Promise<{ ended: Promise<string> }> {
    const deadline = this.clock.monotonic() + this.options.startTimeoutMs;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.begin();
      } catch (error) {
        const delay = backoffDelay(attempt, this.random);
        const canRetry = error instanceof MetadataUnavailableError && this.clock.monotonic() + delay < deadline;
        if (!canRetry || this.isStopping()) throw error;
        await this.drop('the start is tried again');
        await this.pause(delay);
      }
    }
  }

  /** Registers an incarnation and opens all partitions. `ended` resolves with the reason when the incarnation ends. */
  private async begin(): Promise<{ ended: Promise<string> }> {
    const { broker, leaseTtlMs, verifyMetadata } = this.options;
    // Before the first one the start has done so.
    if (this.hasJoined) await verifyMetadata?.(this.stopping.signal);
    const id = this.newIncarnationId();
    this.ownIncarnations.add(id);
    // Until this process has joined, a predecessor is a process that died; later it is one that took our place.
    const maySupersede = (other: string) => !this.hasJoined || this.ownIncarnations.has(other);
    const incarnation = await Incarnation.register(this.store, broker, id, leaseTtlMs, this.clock, maySupersede);
    this.hasJoined = true;
    this.incarnation = incarnation;
    const failed = this.host.begin(incarnation);
    for (const tenant of this.tenants) tenant.begin(incarnation);
    this.logger.info({ event: 'incarnation_started', incarnation: incarnation.id }, 'joined the cluster');
    const ended = Promise.race([
      incarnation.lost.then(() => 'its lease is gone'),
      failed.catch((error: unknown) => String(error)),
    ]);
    await this.reconcileInTurn();
    return { ended };
  }

  /** Takes a new incarnation whenever the last one has ended, until the broker stops. */
  private async keepAlive(firstEnded: Promise<string>): Promise<void> {
    let reason = await firstEnded;
    for (let attempt = 0; !this.isStopping(); attempt += 1) {
      this.logger.error({ event: 'incarnation_lost', incarnation: this.incarnationId, reason }, 'incarnation lost');
      await this.drop(reason);
      try {
        const { ended } = await this.begin();
        reason = await ended;
        attempt = 0;
      } catch (error) {
        if (this.isStopping()) return;
        if (isFinal(error)) {
          this.fail(error);
          return;
        }
        reason = `the cluster could not be joined: ${String(error)}`;
        await this.pause(backoffDelay(attempt, this.random));
      }
    }
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Waits, but not beyond the stop. */
  private async pause(delayMs: number): Promise<void> {
    await interruptibleSleep(this.clock, delayMs, this.stopping.signal).catch(() => undefined);
  }

  /** Forgets everything of the incarnation that has ended. */
  private async drop(reason: string): Promise<void> {
    this.abandonAll(`this broker lost its incarnation: ${reason}`);
    await this.reconciling;
    try {
      await this.incarnation?.end();
    } catch (error) {
      // Its successor ends it in the metadata store, or its lease runs out.
      this.logger.warn({ event: 'incarnation_end_failed', err: error }, 'could not end the old incarnation');
    }
  }

  private abandonAll(reason: string): void {
    this.host.abandon(reason);
    for (const tenant of this.tenants) tenant.abandon(reason);
  }

  private queueReconcile(): void {
    if (this.reconcileQueued || this.isStopping()) return;
    this.reconcileQueued = true;
    const attempt = this.reconcileInTurn(() => {
      this.reconcileQueued = false;
    });
    attempt.catch(async (error: unknown) => {
      if (this.isStopping() || !this.isLive) return;
      this.logger.error({ event: 'reconcile_retry', err: error }, 'cannot open partitions, trying again');
      await this.pause(RECONCILE_RETRY_MS);
      this.queueReconcile();
    });
  }

  /** Reconciles after all reconciliations that are under way: one at a time. */
  private reconcileInTurn(begins: () => void = () => undefined): Promise<void> {
    const turn = this.reconciling.then(() => {
      begins();
      return this.reconcile();
    });
    this.reconciling = turn.catch(() => undefined);
    return turn;
  }

  /** Makes the open partitions those that the catalogue shows. */
  private async reconcile(): Promise<void> {
    const incarnation = this.incarnation;
    if (incarnation === undefined) return;
    for (const topicId of this.host.openTopics()) {
      if (this.catalogue.getById(topicId) === undefined) this.host.closeTopic(topicId);
    }
    const missing = [...this.catalogue.all()]
      .flatMap(partitionsOf)
      .filter((id) => !this.host.leads(id.topicId, id.partition));
    if (missing.length > 0) await this.takeOver(incarnation, missing);
  }

  /** Reads what is committed of the partitions, claims them under new epochs, and opens them (commit protocol, rule 8). */
  private async takeOver(incarnation: Incarnation, partitions: readonly PartitionId[]): Promise<void> {
    const stored = await readPartitions(this.store, incarnation.id, partitions);
    // What an incarnation that has ended meanwhile has written under its own tenure would look missing.
    this.requireCurrent(incarnation);
    const recovered = await this.host.recover(
      stored.map((partition) => ({
        id: partition.id,
        tenures: endedTenures(partition, incarnation),
        state: partition.state,
      })),
    );
    const byId = new Map(recovered.map((partition) => [idKey(partition.id), partition]));
    const claims = recovered.map(({ logEndOffset }, index) => ({
      partition: stored[index] as StoredPartition,
      logEndOffset,
    }));
    const mine = claims.filter(({ partition }) => isLedBy(partition, incarnation));
    const others = claims.filter((claim) => !mine.includes(claim));
    // A claim whose outcome was unknown may have been carried out; nothing was appended under it yet.
    const alreadyClaimed = mine.map(({ partition: { id, assignment } }) => ({ id, epoch: assignment?.epoch ?? 0 }));
    const claimed = await claimPartitions(this.store, incarnation, others, new Date(this.clock.now()));
    this.requireCurrent(incarnation);
    for (const { id, epoch } of [...alreadyClaimed, ...claimed]) {
      const partition = byId.get(idKey(id));
      if (partition !== undefined && !this.host.leads(id.topicId, id.partition)) this.host.open(partition, epoch);
    }
    for (const listener of this.openListeners) listener();
    if (alreadyClaimed.length + claimed.length < partitions.length) this.queueReconcile();
  }

  private requireCurrent(incarnation: Incarnation): void {
    if (this.incarnation === incarnation && incarnation.isLive()) return;
    throw new MetadataUnavailableError('the incarnation ended while partitions were opened');
  }
}

/** Whether this process may not go on as this broker. */
function isFinal(error: unknown): error is Error {
  return (
    error instanceof SupersededError || error instanceof OtherBrokerLiveError || error instanceof MetadataMismatchError
  );
}

/** All tenures but the incarnation's own open one, under which nothing has been written yet. */
function endedTenures(partition: StoredPartition, incarnation: Incarnation) {
  const tenures = partition.assignment?.tenures ?? [];
  return isLedBy(partition, incarnation) ? tenures.slice(0, -1) : tenures;
}

function isLedBy({ assignment }: StoredPartition, incarnation: Incarnation): boolean {
  return assignment?.tenures.at(-1)?.incarnationId === incarnation.id;
}

function partitionsOf(topic: Topic): PartitionId[] {
  return Array.from({ length: topic.partitionCount }, (_, partition) => ({
    topicName: topic.name,
    topicId: topic.id,
    partition,
  }));
}

function idKey(id: PartitionId): string {
  return `${id.topicId}/${id.partition}`;
}
