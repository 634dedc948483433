import { brokerKey, commitKey, CONTROLLER_KEY, incarnationKey } from '../metadata/keys.js';
import {
  MetadataUnavailableError,
  type KeyValue,
  type Lease,
  type MetadataStore,
  type Operation,
  type Watch,
} from '../metadata/metadata-store.js';
import {
  decodeIncarnationRecord,
  encodeBrokerRegistration,
  encodeIncarnationCommit,
  encodeIncarnationRecord,
} from '../metadata/records.js';
import type { Clock } from '../time/clock.js';

/** How this broker appears to others. */
export interface BrokerIdentity {
  readonly brokerId: number;
  /** Host and port that clients can reach. */
  readonly host: string;
  readonly port: number;
  readonly rack: string | undefined;
  readonly version: string;
}

/** Another broker is live on the same metadata prefix. */
export class OtherBrokerLiveError extends Error {
  override readonly name = 'OtherBrokerLiveError';
}

/** Another process has registered as this broker: this one must end. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError';
}

/** The lease counts as ended this long before it can have ended elsewhere, ms. */
const SAFETY_MARGIN_MS = 500;

/**
 * One life of this broker in the cluster. Its leased key is what every commit compares: once the key is gone, nothing
 * that this incarnation still has under way can be committed (I4).
 */
export class Incarnation {
  /** Resolves when the metadata store has said that the incarnation is over. */
  readonly lost: Promise<void>;
  private ended = false;
  private readonly watch: Watch;

  private constructor(
    readonly id: string,
    readonly brokerId: number,
    private readonly lease: Lease,
    private readonly clock: Clock,
    store: MetadataStore,
  ) {
    const { promise: removed, resolve } = Promise.withResolvers<undefined>();
    this.watch = store.watch(incarnationKey(id), {
      snapshot: (entries) => {
        if (entries.length === 0) resolve(undefined);
      },
      changes: (changes) => {
        if (changes.some((change) => change.type === 'delete')) resolve(undefined);
      },
    });
    this.lost = Promise.race([lease.lost, removed]).then(() => {
      this.ended = true;
      this.watch.close();
    });
  }

  /**
   * Registers a new incarnation: its leased key, its commit record at 0, and the broker's registration, in one
   * transaction. An earlier incarnation of the same broker is ended by the same transaction, so that what it committed
   * is final (commit protocol, rules 4 and 8).
   *
   * @param newId 22-character identifier that was never used before
   * @param maySupersede whether an earlier incarnation of the same broker may be ended
   * @throws OtherBrokerLiveError when a broker with another id is live
   * @throws SupersededError when an incarnation of the same broker is live that may not be ended
   * @throws MetadataUnavailableError when the outcome is unknown; register again, with another id
   */
  static async register(
    store: MetadataStore,
    broker: BrokerIdentity,
    newId: string,
    leaseTtlMs: number,
    clock: Clock,
    maySupersede: (incarnationId: string) => boolean = () => true,
  ): Promise<Incarnation> {
    const predecessor = await store.get(CONTROLLER_KEY);
    const endPredecessor = predecessor === undefined ? [] : operationsToEnd(predecessor, broker.brokerId, maySupersede);
    const lease = await store.grantLease(leaseTtlMs);
    const startedAt = new Date(clock.now()).toISOString();
    const brokerId = String(broker.brokerId);
    const record = encodeIncarnationRecord({ incarnationId: newId, brokerId, startedAt });
    const result = await store.txn({
      compare: [
        { key: incarnationKey(newId), exists: false },
        { key: commitKey(newId), exists: false },
        predecessor === undefined
          ? { key: CONTROLLER_KEY, exists: false }
          : { key: CONTROLLER_KEY, modRevision: predecessor.modRevision },
      ],
      success: [
        ...endPredecessor,
        { type: 'put', key: CONTROLLER_KEY, value: record, lease },
        { type: 'put', key: incarnationKey(newId), value: record, lease },
        {
          type: 'put',
          key: commitKey(newId),
          value: encodeIncarnationCommit({ incarnationId: newId, committedSequence: 0, brokerId }),
        },
        {
          type: 'put',
          key: brokerKey(broker.brokerId),
          value: encodeBrokerRegistration({
            brokerId,
            host: broker.host,
            port: broker.port,
            rack: broker.rack ?? '',
            startedAt,
            lastHeartbeat: startedAt,
            version: broker.version,
            incarnationId: newId,
          }),
          lease,
        },
      ],
    });
    if (!result.succeeded) {
      await lease.revoke();
      throw new MetadataUnavailableError('another broker registered at the same moment');
    }
    return new Incarnation(newId, broker.brokerId, lease, clock, store);
  }

  /** Whether the incarnation surely lives, by our own clock. */
  isLive(): boolean {
    return !this.ended && this.clock.monotonic() < this.lease.validUntil - SAFETY_MARGIN_MS;
  }

  /** Ends the incarnation: its keys go, and whoever comes next finds its commit record final. */
  async end(): Promise<void> {
    this.ended = true;
    this.watch.close();
    await this.lease.revoke();
  }
}

/** @throws OtherBrokerLiveError, SupersededError when the predecessor may not be ended */
function operationsToEnd(
  predecessor: KeyValue,
  brokerId: number,
  maySupersede: (incarnationId: string) => boolean,
): Operation[] {
  const record = decodeIncarnationRecord(predecessor.value, predecessor.key);
  if (record.brokerId !== String(brokerId)) {
    throw new OtherBrokerLiveError(
      `broker ${record.brokerId} is live on this metadata prefix, and this version runs one broker per prefix`,
    );
  }
  if (!maySupersede(record.incarnationId)) {
    throw new SupersededError(`another process has registered as broker ${brokerId}: two must not have the same id`);
  }
  return [{ type: 'delete', key: incarnationKey(record.incarnationId) }];
}
