import { InterceptingCall, type Interceptor } from '@grpc/grpc-js';
import type { Etcd3, IWatchResponse } from 'etcd3';
import type { Logger } from '../logging/logger.js';
import { backoffDelay, interruptibleSleep } from '../time/backoff.js';
import type { Clock } from '../time/clock.js';
import type { EtcdKeyspace } from './etcd-keyspace.js';
import {
  MetadataStoreError,
  MetadataUnavailableError,
  type Change,
  type Snapshot,
  type Watch,
  type WatchListener,
} from './metadata-store.js';

export interface EtcdWatchContext {
  readonly client: Etcd3;
  readonly keyspace: EtcdKeyspace;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly callTimeoutMs: number;
  /** Reads the prefix as of now, and says of which cluster. */
  readonly list: (prefix: string) => Promise<ClusterSnapshot>;
  /** Makes sure that etcd answers, also renewing a token that a restart of etcd has voided: streams don't. */
  readonly check: () => Promise<void>;
}

export interface ClusterSnapshot extends Snapshot {
  readonly clusterId: string;
}

/**
 * A mirror of a prefix: a snapshot, then the changes from the next revision on.
 *
 * After a lost connection it goes on where it was. When that is impossible (etcd has compacted those revisions, or was
 * restored from a backup), or when the listener failed, it starts over with a new snapshot.
 */
export class EtcdWatch implements Watch {
  readonly ready: Promise<void>;
  private readonly started = Promise.withResolvers<undefined>();
  private readonly closing = new AbortController();
  /** What the listener has heard; undefined when it needs a snapshot. */
  private position: { clusterId: string; revision: number } | undefined;
  private attempt = 0;

  constructor(
    private readonly context: EtcdWatchContext,
    private readonly prefix: string,
    private readonly listener: WatchListener,
    private readonly onClose: () => void,
  ) {
    this.ready = this.started.promise;
    // Whoever doesn't wait for the snapshot isn't interested in its failure either.
    this.ready.catch(() => undefined);
    void this.run();
  }

  close(): void {
    if (this.isClosed()) return;
    this.closing.abort(new MetadataStoreError('the watch was closed'));
    this.onClose();
    this.started.reject(this.closing.signal.reason);
  }

  private isClosed(): boolean {
    return this.closing.signal.aborted;
  }

  private async run(): Promise<void> {
    const { clock, random, logger } = this.context;
    while (!this.isClosed()) {
      try {
        if (this.position === undefined) await this.startOver();
        else await this.context.check();
        await this.follow();
      } catch (error) {
        if (this.isClosed()) return;
        logger.warn({ event: 'watch_interrupted', prefix: this.prefix, err: error }, 'watch interrupted, resuming it');
      }
      const delayMs = backoffDelay(this.attempt, random);
      this.attempt += 1;
      await interruptibleSleep(clock, delayMs, this.closing.signal).catch(() => undefined);
    }
  }

  private async startOver(): Promise<void> {
    const { entries, revision, clusterId } = await this.context.list(this.prefix);
    if (this.isClosed()) return;
    try {
      this.listener.snapshot(entries, revision);
    } catch (error) {
      this.started.reject(error);
      throw error;
    }
    this.position = { clusterId, revision };
    this.started.resolve(undefined);
  }

  /** Delivers changes until the stream breaks, and says why by rejecting. */
  private async follow(): Promise<void> {
    const { client, keyspace, clock, callTimeoutMs } = this.context;
    const { signal } = this.closing;
    const stream = await client.watchClient.watch({ interceptors: [requireLeader] });
    const { promise: broken, reject } = Promise.withResolvers<never>();
    const fail = (reason: unknown) => reject(reason);
    const onClose = () => fail(signal.reason);
    const timer = clock.setTimer(callTimeoutMs, () => fail(new MetadataUnavailableError('etcd did not begin a watch')));
    signal.addEventListener('abort', onClose);
    if (signal.aborted) onClose();

    let ended = false;
    stream.on('error', fail);
    stream.on('end', () => fail(new MetadataUnavailableError('etcd ended the watch')));
    stream.on('data', (response) => {
      if (ended || this.isClosed()) return;
      try {
        if (response.created) timer.cancel();
        this.take(response);
      } catch (error) {
        ended = true;
        fail(error);
      }
    });
    stream.write({
      create_request: { ...keyspace.rangeOf(this.prefix), start_revision: (this.position?.revision ?? 0) + 1 },
    });
    try {
      await broken;
    } finally {
      ended = true;
      timer.cancel();
      signal.removeEventListener('abort', onClose);
      stream.cancel();
    }
  }

  private take(response: IWatchResponse): void {
    const position = this.position;
    if (position === undefined) return;
    if (response.canceled) {
      if (Number(response.compact_revision) > 0) this.position = undefined;
      throw new MetadataUnavailableError(`etcd cancelled the watch: ${response.cancel_reason || 'compaction'}`);
    }
    if (response.created) {
      const { cluster_id: clusterId, revision } = response.header;
      if (clusterId !== position.clusterId || Number(revision) < position.revision) {
        this.position = undefined;
        throw new MetadataUnavailableError('etcd is behind what it said before, or was restored');
      }
      this.attempt = 0;
    }
    this.deliver(response, position);
  }

  private deliver(response: IWatchResponse, position: { revision: number }): void {
    for (const [revision, changes] of this.byRevision(response)) {
      try {
        this.listener.changes(changes, revision);
      } catch (error) {
        this.position = undefined;
        throw error;
      }
      position.revision = revision;
    }
  }

  /** Events arrive in order, and those of one revision in one response. */
  private byRevision(response: IWatchResponse): Map<number, Change[]> {
    const { keyspace } = this.context;
    const revisions = new Map<number, Change[]>();
    for (const { type, kv } of response.events) {
      const revision = Number(kv.mod_revision);
      const changes = revisions.get(revision) ?? [];
      revisions.set(revision, changes);
      changes.push(
        type.toUpperCase() === 'DELETE'
          ? { type: 'delete', key: keyspace.relativeKey(kv.key) }
          : { type: 'put', entry: keyspace.entryOf(kv) },
      );
    }
    return revisions;
  }
}

/** Has etcd end the stream when its member is cut off from the others, rather than stay silent. */
const requireLeader: Interceptor = (options, nextCall) =>
  new InterceptingCall(nextCall(options), {
    start(metadata, listener, next) {
      const extended = metadata.clone();
      extended.set('hasleader', 'true');
      next(extended, listener);
    },
  });
