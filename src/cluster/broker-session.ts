import { randomBytes } from 'node:crypto';
import { raiseFormatLevel } from '../formats/format-level.js';
import type { Logger } from '../logging/logger.js';
import { UnsupportedFormatLevelError } from '../metadata/format-level.js';
import { incarnationKey } from '../metadata/keys.js';
import {
  MetadataMismatchError,
  MetadataStoreError,
  MetadataUnavailableError,
  type MetadataStore,
} from '../metadata/metadata-store.js';
import type { TopicCatalogue } from '../metadata/topic-catalogue.js';
import { backoffDelay, interruptibleSleep } from '../time/backoff.js';
import { sleep, type Clock } from '../time/clock.js';
import { AssignedPartitions } from './assigned-partitions.js';
import type { ClusterMirror } from './cluster-mirror.js';
import { Incarnation, SupersededError, type BrokerIdentity } from './incarnation.js';
import type { IncarnationTenant } from './incarnation-tenant.js';
import type { PartitionHost } from './partition-host.js';
import { partitionKey, type PartitionId } from '../metadata/partition-id.js';

export interface BrokerSessionOptions {
  readonly broker: BrokerIdentity;
  /** How long the cluster waits for a silent broker, ms. */
  readonly leaseTtlMs: number;
  /** How long the start waits for the metadata store to answer, ms. */
  readonly startTimeoutMs: number;
  /** Throws when the metadata store must not be relied on: {@link MetadataMismatchError}. Before each incarnation but the first. */
  readonly verifyMetadata?: (signal: AbortSignal) => Promise<void>;
}

export interface BrokerSessionDependencies {
  readonly store: MetadataStore;
  readonly catalogue: Pick<TopicCatalogue, 'get' | 'getById' | 'all' | 'onChange'>;
  readonly mirror: ClusterMirror;
  readonly host: PartitionHost;
  readonly clock: Clock;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  readonly logger: Logger;
  /** Default: random. */
  readonly newIncarnationId?: () => string;
}

export interface DrainRequest {
  /** Default: everything, and nothing is taken afterwards. */
  readonly partitions?: readonly PartitionId[];
  /** How long it may take, ms. */
  readonly deadlineMs: number;
}

/** Of the partitions that were to be given up. */
export interface DrainResult {
  readonly drained: readonly PartitionId[];
  /** What was not given up in time, and is still being given up. */
  readonly pending: readonly PartitionId[];
}

/** How long the start waits for others to decide what this broker leads, ms. */
const LONGEST_SETTLING_MS = 5_000;

/**
 * This broker's membership: one incarnation after the other, each leading the partitions that are assigned to it.
 *
 * When an incarnation is lost, everything in memory is dropped and a new one begins with nothing.
 */
export class BrokerSession {
  /** Rejects when this process may not go on as this broker: it must end. Never resolves. */
  readonly failed: Promise<never>;
  private incarnation: Incarnation | undefined;
  private assigned: AssignedPartitions | undefined;
  private readonly ownIncarnations = new Set<string>();
  private hasJoined = false;
  private draining = false;
  private readonly fail: (error: Error) => void;
  private readonly stopping = new AbortController();
  private readonly unsubscribe: (() => void)[] = [];
  private readonly openListeners = new Set<() => void>();
  private readonly tenants = new Set<IncarnationTenant>();
  private running: Promise<void> = Promise.resolve();
  private readonly newIncarnationId: () => string;

  constructor(
    private readonly options: BrokerSessionOptions,
    private readonly dependencies: BrokerSessionDependencies,
  ) {
    this.newIncarnationId = dependencies.newIncarnationId ?? (() => randomBytes(16).toString('base64url'));
    const { promise, reject } = Promise.withResolvers<never>();
    this.failed = promise;
    this.fail = reject;
    promise.catch(() => undefined);
  }

  /** Whether this broker holds a live incarnation. */
  get isLive(): boolean {
    return this.incarnation?.isLive() ?? false;
  }

  /**
   * Whether the metadata store says so too, asked now: {@link isLive} may be right by the clock while somebody has ended the
   * incarnation. False when it doesn't answer.
   */
  async confirmLive(): Promise<boolean> {
    const { incarnation } = this;
    if (incarnation?.isLive() !== true) return false;
    try {
      return (await this.dependencies.store.get(incarnationKey(incarnation.id))) !== undefined;
    } catch (error) {
      if (error instanceof MetadataUnavailableError || error instanceof MetadataStoreError) return false;
      throw error;
    }
  }

  get incarnationId(): string | undefined {
    return this.incarnation?.id;
  }

  /** Whether this broker gives up everything it has, and takes nothing. */
  get isDraining(): boolean {
    return this.draining;
  }

  /** Calls `listener` after this broker has begun or ceased to lead partitions. */
  onOpened(listener: () => void): void {
    this.openListeners.add(listener);
  }

  /** Has `tenant` begin and end with each incarnation. To be called before the start. */
  attach(tenant: IncarnationTenant): void {
    this.tenants.add(tenant);
  }

  /**
   * Joins the cluster. Resolves when all partitions have leaders and those that were assigned to this broker are opened or
   * being opened, but after some seconds in any case.
   *
   * @throws MetadataMismatchError, UnsupportedFormatLevelError: the broker must not start then
   * @throws MetadataUnavailableError when the metadata store has not answered within the start timeout
   */
  async start(): Promise<void> {
    const { catalogue, mirror, clock } = this.dependencies;
    const { ended } = await this.beginFirst();
    this.unsubscribe.push(
      catalogue.onChange(() => this.assigned?.look()),
      mirror.onChange(() => this.assigned?.lookIfChanged()),
    );
    this.running = this.keepAlive(ended);
    this.assigned?.look();
    const limitMs = Math.min(LONGEST_SETTLING_MS, this.options.startTimeoutMs);
    const settled = this.assigned?.until(() => this.isSettled());
    await Promise.race([settled, sleep(clock, limitMs)]);
  }

  /** Commits everything accepted so far, at once. Resolves at once when there is no live incarnation. */
  async flush(): Promise<void> {
    if (this.isLive) await this.dependencies.host.flush();
  }

  /**
   * Gives up partitions, or everything: then the cluster gives this broker nothing more until {@link undrain}. Without
   * another broker what was given up stays without a leader.
   *
   * Resolves when it is done, or when the time is over; what is pending then goes on.
   */
  async drain({ partitions, deadlineMs }: DrainRequest): Promise<DrainResult> {
    const inTime = sleep(this.dependencies.clock, deadlineMs);
    if (partitions === undefined) this.draining = true;
    const { assigned } = this;
    if (assigned === undefined) return { drained: partitions ?? [], pending: [] };
    const before = assigned.assigned();
    const wanted = new Set((partitions ?? before).map(partitionKey));
    const remaining = () =>
      assigned.assigned().filter((id) => partitions === undefined || wanted.has(partitionKey(id)));
    const work: Promise<unknown>[] = [assigned.until(() => remaining().length === 0)];
    if (partitions === undefined) {
      work.push(this.announce());
      for (const tenant of this.tenants) if (tenant.drain !== undefined) work.push(tenant.drain());
      assigned.setDraining(true);
    } else {
      assigned.giveUp(before.filter((id) => wanted.has(partitionKey(id))));
    }
    await Promise.race([Promise.all(work), inTime]);
    const pending = this.assigned === assigned ? remaining() : [];
    const left = new Set(pending.map(partitionKey));
    const all = new Map([...(partitions ?? before), ...pending].map((id) => [partitionKey(id), id]));
    return { drained: [...all.values()].filter((id) => !left.has(partitionKey(id))), pending };
  }

  /** Takes what is assigned to this broker again. */
  async undrain(): Promise<void> {
    this.draining = false;
    this.assigned?.setDraining(false);
    for (const tenant of this.tenants) tenant.undrain?.();
    await this.announce();
  }

  /** Commits what was accepted and leaves the cluster. */
  async stop(): Promise<void> {
    const incarnation = this.incarnation;
    await this.flush();
    this.stopping.abort(new Error('the broker is stopping'));
    for (const unsubscribe of this.unsubscribe.splice(0)) unsubscribe();
    this.abandonAll('this broker is stopping');
    await this.running;
    if (incarnation?.isLive() === true) await incarnation.end();
  }

  /** Whether every partition has a leader, and those of this broker are at least being opened. */
  private isSettled(): boolean {
    const { catalogue, mirror } = this.dependencies;
    // Until then it may show a predecessor as alive.
    if (mirror.broker(this.options.broker.brokerId)?.incarnationId !== this.incarnationId) return false;
    for (const { name, partitionCount } of catalogue.all()) {
      for (let partition = 0; partition < partitionCount; partition += 1) {
        const { brokerId = -1, incarnationId } = mirror.assignment(name, partition) ?? {};
        if (mirror.broker(brokerId)?.incarnationId !== incarnationId) return false;
      }
    }
    return this.assigned?.isUpToDate ?? true;
  }

  /** Tells the cluster whether this broker drains. Repeated until it is answered, or the incarnation has ended. */
  private async announce(): Promise<void> {
    const { clock, random, logger } = this.dependencies;
    const { incarnation } = this;
    for (let attempt = 0; incarnation?.isLive() === true && this.incarnation === incarnation; attempt += 1) {
      try {
        await incarnation.setDraining(this.draining);
        return;
      } catch (error) {
        if (!(error instanceof MetadataUnavailableError)) throw error;
        logger.warn({ event: 'drain_retry', attempt, err: error }, 'registration not written, trying again');
        await sleep(clock, backoffDelay(attempt, random));
      }
    }
  }

  private async beginFirst(): Promise<{ ended: Promise<string> }> {
    const deadline = this.dependencies.clock.monotonic() + this.options.startTimeoutMs;
    for (let attempt = 0; ; attempt += 1) {
      try {
        return await this.begin();
      } catch (error) {
        const delay = backoffDelay(attempt, this.dependencies.random);
        const canRetry =
          error instanceof MetadataUnavailableError && this.dependencies.clock.monotonic() + delay < deadline;
        if (!canRetry || this.isStopping()) throw error;
        await this.drop('the start is tried again');
        await this.pause(delay);
      }
    }
  }

  /** Registers an incarnation, which leads nothing yet. `ended` resolves with the reason when the incarnation ends. */
  private async begin(): Promise<{ ended: Promise<string> }> {
    const { broker, leaseTtlMs, verifyMetadata } = this.options;
    const { store, clock, host } = this.dependencies;
    // Before the first one the start has done so.
    if (this.hasJoined) await verifyMetadata?.(this.stopping.signal);
    const id = this.newIncarnationId();
    this.ownIncarnations.add(id);
    const incarnation = await Incarnation.register(store, broker, id, leaseTtlMs, clock, {
      // Until this process has joined, a predecessor is a process that died; later it is one that took our place.
      maySupersede: (other) => !this.hasJoined || this.ownIncarnations.has(other),
      draining: this.draining,
    });
    raiseFormatLevel(incarnation.formatLevel);
    this.hasJoined = true;
    this.incarnation = incarnation;
    const failed = host.begin(incarnation);
    this.assigned = new AssignedPartitions(incarnation, { ...this.dependencies, changed: () => this.tellListeners() });
    this.assigned.setDraining(this.draining);
    for (const tenant of this.tenants) tenant.begin(incarnation);
    this.dependencies.logger.info({ event: 'incarnation_started', incarnation: incarnation.id }, 'joined the cluster');
    const ended = Promise.race([
      incarnation.lost.then(() => 'its lease is gone'),
      failed.catch((error: unknown) => String(error)),
    ]);
    return { ended };
  }

  /** Takes a new incarnation whenever the last one has ended, until the broker stops. */
  private async keepAlive(firstEnded: Promise<string>): Promise<void> {
    let reason = await firstEnded;
    for (let attempt = 0; !this.isStopping(); attempt += 1) {
      this.dependencies.logger.error(
        { event: 'incarnation_lost', incarnation: this.incarnationId, reason },
        'incarnation lost',
      );
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
        await this.pause(backoffDelay(attempt, this.dependencies.random));
      }
    }
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  /** Waits, but not beyond the stop. */
  private async pause(delayMs: number): Promise<void> {
    await interruptibleSleep(this.dependencies.clock, delayMs, this.stopping.signal).catch(() => undefined);
  }

  /** Forgets everything of the incarnation that has ended. */
  private async drop(reason: string): Promise<void> {
    this.abandonAll(`this broker lost its incarnation: ${reason}`);
    try {
      await this.incarnation?.end();
    } catch (error) {
      // Its successor ends it in the metadata store, or its lease runs out.
      this.dependencies.logger.warn(
        { event: 'incarnation_end_failed', err: error },
        'could not end the old incarnation',
      );
    }
  }

  private abandonAll(reason: string): void {
    this.assigned?.abandon(reason);
    this.assigned = undefined;
    this.dependencies.host.abandon(reason);
    for (const tenant of this.tenants) tenant.abandon(reason);
    this.tellListeners();
  }

  private tellListeners(): void {
    for (const listener of this.openListeners) listener();
  }
}

/** Whether this process may not go on as this broker. */
function isFinal(error: unknown): error is Error {
  return [SupersededError, MetadataMismatchError, UnsupportedFormatLevelError].some((kind) => error instanceof kind);
}
