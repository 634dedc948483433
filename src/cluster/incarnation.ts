import { SUPPORTED_FORMAT_LEVELS, type LevelRange } from '../formats/format-level.js';
import { finalizedLevelOf, isStill, requireSupported, type FinalizedLevel } from '../metadata/format-level.js';
import { brokerKey, commitKey, CONTROLLER_KEY, FORMAT_LEVEL_KEY, incarnationKey } from '../metadata/keys.js';
import {
  MetadataUnavailableError,
  type Compare,
  type KeyValue,
  type Lease,
  type MetadataStore,
  type Operation,
  type Watch,
} from '../metadata/metadata-store.js';
import {
  decodeBrokerRegistration,
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

/** Another process has registered as this broker: this one must end. */
export class SupersededError extends Error {
  override readonly name = 'SupersededError';
}

export interface RegisterOptions {
  /** Whether an earlier incarnation of the same broker may be ended; by default any. */
  readonly maySupersede?: (incarnationId: string) => boolean;
  /** Whether the broker is to be given nothing; default false. */
  readonly draining?: boolean;
  /** The format levels at which the broker can write; default: those of this version. */
  readonly formatLevels?: LevelRange;
}

/** What others are told of this broker. */
interface Registration {
  readonly broker: BrokerIdentity;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly formatLevels: LevelRange;
  /** Of its key. */
  modRevision: number;
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
    /** What the incarnation's keys are bound to. */
    readonly lease: Lease,
    /** The cluster's format level when the incarnation was registered. */
    readonly formatLevel: number,
    /** The bytes of its commit record, as registered. */
    readonly commitRecord: Buffer,
    private readonly registration: Registration,
    private readonly store: MetadataStore,
    private readonly clock: Clock,
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

  get brokerId(): number {
    return this.registration.broker.brokerId;
  }

  /**
   * Registers a new incarnation: its leased key, its commit record at 0, and the broker's registration, in one
   * transaction. An earlier incarnation of the same broker is ended by the same transaction, so that what it committed
   * is final (commit protocol, rules 4 and 8). The transaction compares the cluster's format level: it is never one that the
   * broker doesn't support.
   *
   * @param newId 22-character identifier that was never used before
   * @throws UnsupportedFormatLevelError when the broker cannot be in this cluster
   * @throws SupersededError when an incarnation of the same broker is live that may not be ended
   * @throws MetadataUnavailableError when the outcome is unknown; register again, with another id
   */
  static async register(
    store: MetadataStore,
    broker: BrokerIdentity,
    newId: string,
    leaseTtlMs: number,
    clock: Clock,
    { maySupersede = () => true, draining = false, formatLevels = SUPPORTED_FORMAT_LEVELS }: RegisterOptions = {},
  ): Promise<Incarnation> {
    const { level, predecessor } = await readBefore(store, broker.brokerId, formatLevels);
    if (predecessor.incarnationId !== undefined && !maySupersede(predecessor.incarnationId)) {
      throw new SupersededError(
        `another process has registered as broker ${broker.brokerId}: two must not have the same id`,
      );
    }
    const lease = await store.grantLease(leaseTtlMs);
    const startedAt = new Date(clock.now()).toISOString();
    const brokerId = String(broker.brokerId);
    const registration = { broker, startedAt, formatLevels, modRevision: 0 };
    const commitRecord = encodeIncarnationCommit({ incarnationId: newId, committedSequence: 0, brokerId });
    const result = await store.txn({
      compare: [
        { key: incarnationKey(newId), exists: false },
        { key: commitKey(newId), exists: false },
        isStill(level),
        ...predecessor.compare,
      ],
      success: [
        ...predecessor.end,
        {
          type: 'put',
          key: incarnationKey(newId),
          value: encodeIncarnationRecord({ incarnationId: newId, brokerId, startedAt }),
          lease,
        },
        { type: 'put', key: commitKey(newId), value: commitRecord },
        { type: 'put', key: brokerKey(broker.brokerId), value: encode(registration, newId, draining), lease },
      ],
    });
    if (!result.succeeded) {
      await lease.revoke();
      throw new MetadataUnavailableError(
        'another broker registered, or a format level was finalized, at the same moment',
      );
    }
    const registered = { ...registration, modRevision: result.revision };
    return new Incarnation(newId, lease, level.level, commitRecord, registered, store, clock);
  }

  /**
   * Tells the cluster whether this broker gives up everything it has, and is to be given nothing. One call at a time.
   *
   * To be repeated when the outcome is unknown. A late copy of an earlier call is never applied after a later one.
   *
   * @throws MetadataUnavailableError when the outcome is unknown, or the incarnation has ended
   */
  async setDraining(draining: boolean): Promise<void> {
    const key = brokerKey(this.brokerId);
    const value = encode(this.registration, this.id, draining);
    const { succeeded, revision, reads } = await this.store.txn({
      compare: [
        { key: incarnationKey(this.id), exists: true },
        { key, modRevision: this.registration.modRevision },
      ],
      success: [{ type: 'put', key, value, lease: this.lease }],
      failure: [
        { type: 'get', key: incarnationKey(this.id) },
        { type: 'get', key },
      ],
    });
    const [live, present] = reads;
    if (!succeeded && (live === undefined || present === undefined)) {
      throw new MetadataUnavailableError(`incarnation ${this.id} has ended`);
    }
    this.registration.modRevision = present?.modRevision ?? revision;
    if (present !== undefined && !present.value.equals(value)) await this.setDraining(draining);
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

/** What is kept of an earlier incarnation of the same broker that is to be ended. */
interface Predecessor {
  readonly incarnationId: string | undefined;
  /** That nothing has changed since. */
  readonly compare: readonly Compare[];
  readonly end: readonly Operation[];
}

/** What a registration builds on. Nothing else is looked at before the format level: it might not be readable. */
async function readBefore(
  store: MetadataStore,
  brokerId: number,
  supported: LevelRange,
): Promise<{ readonly level: FinalizedLevel; readonly predecessor: Predecessor }> {
  const key = brokerKey(brokerId);
  const { reads } = await store.txn({
    compare: [],
    success: [
      { type: 'get', key },
      { type: 'get', key: CONTROLLER_KEY },
      { type: 'get', key: FORMAT_LEVEL_KEY },
    ],
  });
  const [registered, controller, stored] = reads;
  const level = finalizedLevelOf(stored);
  requireSupported(level, supported);
  return { level, predecessor: predecessorOf(key, registered, controller) };
}

function predecessorOf(key: string, registered: KeyValue | undefined, controller: KeyValue | undefined): Predecessor {
  if (registered === undefined) return { incarnationId: undefined, compare: [{ key, exists: false }], end: [] };
  const { incarnationId } = decodeBrokerRegistration(registered.value, key);
  const compare: Compare[] = [{ key, modRevision: registered.modRevision }];
  const end: Operation[] = [{ type: 'delete', key: incarnationKey(incarnationId) }];
  if (
    controller !== undefined &&
    decodeIncarnationRecord(controller.value, CONTROLLER_KEY).incarnationId === incarnationId
  ) {
    compare.push({ key: CONTROLLER_KEY, modRevision: controller.modRevision });
    end.push({ type: 'delete', key: CONTROLLER_KEY });
  }
  return { incarnationId, compare, end };
}

function encode({ broker, startedAt, formatLevels }: Registration, incarnationId: string, draining: boolean): Buffer {
  return encodeBrokerRegistration({
    brokerId: String(broker.brokerId),
    host: broker.host,
    port: broker.port,
    rack: broker.rack ?? '',
    startedAt,
    lastHeartbeat: startedAt,
    version: broker.version,
    incarnationId,
    draining,
    minFormatLevel: formatLevels.min,
    maxFormatLevel: formatLevels.max,
  });
}
