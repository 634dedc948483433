import type { Etcd3 } from 'etcd3';
import type { Logger } from '../logging/logger.js';
import { interruptibleSleep } from '../time/backoff.js';
import type { Clock } from '../time/clock.js';
import { isLeaseGone, translateEtcdError } from './etcd-errors.js';
import { MetadataUnavailableError, type Lease } from './metadata-store.js';

/** Keep-alives go out three times per TTL; after a failure, ten times. */
const KEEP_ALIVES_PER_TTL = 3;
const RETRIES_PER_TTL = 10;
/** A quarter of the TTL without an answer: then there is time to ask another member. */
const TIMEOUTS_PER_TTL = 4;

export interface EtcdLeaseContext {
  readonly client: Etcd3;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly callTimeoutMs: number;
  /** Called when the lease is no longer kept. */
  readonly onEnd: (lease: EtcdLease) => void;
}

/**
 * A lease of etcd with a keep-alive loop of our own: etcd3's reports a keep-alive when it is written to a socket, and
 * only an answer counts.
 */
export class EtcdLease implements Lease {
  readonly lost: Promise<void>;
  private readonly lostResolvers = Promise.withResolvers<undefined>();
  private readonly ending = new AbortController();

  private constructor(
    private readonly context: EtcdLeaseContext,
    readonly id: string,
    readonly ttlMs: number,
    private confirmedUntil: number,
  ) {
    this.lost = this.lostResolvers.promise;
  }

  /** @param ttlMs is rounded up to whole seconds and to etcd's minimum by etcd, but not for {@link validUntil} */
  static async grant(context: EtcdLeaseContext, ttlMs: number): Promise<EtcdLease> {
    const sentAt = context.clock.monotonic();
    try {
      const granted = await context.client.leaseClient.leaseGrant({ ID: 0, TTL: Math.ceil(ttlMs / 1000) });
      const effectiveTtlMs = Math.min(ttlMs, Number(granted.TTL) * 1000);
      const lease = new EtcdLease(context, granted.ID, effectiveTtlMs, sentAt + effectiveTtlMs);
      void lease.keepAlive();
      return lease;
    } catch (error) {
      throw translateEtcdError('the grant of a lease', error);
    }
  }

  get validUntil(): number {
    return this.ending.signal.aborted ? -Infinity : this.confirmedUntil;
  }

  async revoke(): Promise<void> {
    this.stop();
    try {
      await this.context.client.leaseClient.leaseRevoke({ ID: this.id });
    } catch (error) {
      if (!isLeaseGone(error)) throw translateEtcdError(`the revocation of lease ${this.id}`, error);
    }
  }

  /** Lets the lease expire. */
  stop(): void {
    this.ending.abort(new Error('the lease is not kept any more'));
    this.context.onEnd(this);
  }

  private async keepAlive(): Promise<void> {
    const { signal } = this.ending;
    let delayMs = this.ttlMs / KEEP_ALIVES_PER_TTL;
    while (await this.pause(delayMs)) {
      try {
        const sentAt = this.context.clock.monotonic();
        const alive = await this.sendKeepAlive();
        if (signal.aborted) return;
        if (!alive) {
          this.stop();
          this.lostResolvers.resolve(undefined);
          return;
        }
        this.confirmedUntil = sentAt + this.ttlMs;
        delayMs = this.ttlMs / KEEP_ALIVES_PER_TTL;
      } catch (error) {
        delayMs = (this.ttlMs / RETRIES_PER_TTL) * (0.5 + this.context.random());
        this.context.logger.warn(
          { event: 'lease_keepalive_failed', lease: this.id, err: error },
          'lease not confirmed',
        );
      }
    }
  }

  /** @returns false when the lease is not kept any more */
  private pause(delayMs: number): Promise<boolean> {
    return interruptibleSleep(this.context.clock, delayMs, this.ending.signal).then(
      () => true,
      () => false,
    );
  }

  /** @returns false when etcd says that the lease is gone */
  private async sendKeepAlive(): Promise<boolean> {
    const timeoutMs = Math.min(this.context.callTimeoutMs, this.ttlMs / TIMEOUTS_PER_TTL);
    const stream = await this.context.client.leaseClient.leaseKeepAlive({ deadline: Date.now() + timeoutMs });
    try {
      return await new Promise<boolean>((resolve, reject) => {
        stream.on('data', ({ TTL }) => resolve(Number(TTL) > 0));
        stream.on('error', reject);
        stream.on('end', () => reject(new MetadataUnavailableError('etcd ended the keep-alive stream')));
        stream.write({ ID: this.id });
      });
    } finally {
      stream.end();
    }
  }
}
