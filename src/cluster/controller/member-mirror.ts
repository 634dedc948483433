import type { Logger } from '../../logging/logger.js';
import { BROKERS_PREFIX, INCARNATIONS_PREFIX, parseKey } from '../../metadata/keys.js';
import type { KeyValue, MetadataStore, Watch } from '../../metadata/metadata-store.js';
import { decodeBrokerRegistration } from '../../metadata/records.js';
import { mirrorPrefix } from './mirror-prefix.js';
import type { PlannedBroker } from './unit.js';

/** The brokers, and the incarnations that live, as they were last heard of. */
export class MemberMirror {
  private readonly registered = new Map<number, PlannedBroker>();
  private readonly incarnations = new Set<string>();

  constructor(
    private readonly logger: Logger,
    private readonly onChange: () => void,
  ) {}

  /** @returns the watches, which are for the caller to close */
  start(store: MetadataStore): Watch[] {
    return [
      mirrorPrefix(store, BROKERS_PREFIX, {
        reset: (entries) => {
          this.registered.clear();
          for (const entry of entries) this.register(entry);
        },
        put: (entry) => this.register(entry),
        drop: (key) => this.unregister(key),
        reached: this.onChange,
      }),
      mirrorPrefix(store, INCARNATIONS_PREFIX, {
        reset: (entries) => {
          this.incarnations.clear();
          for (const { key } of entries) this.incarnations.add(incarnationOf(key));
        },
        put: ({ key }) => this.incarnations.add(incarnationOf(key)),
        drop: (key) => this.incarnations.delete(incarnationOf(key)),
        reached: this.onChange,
      }),
    ];
  }

  isLive(incarnationId: string): boolean {
    return this.incarnations.has(incarnationId);
  }

  /**
   * Whether both agree: a broker that registers anew ends its last incarnation in the same transaction, but the two are
   * heard of one after the other.
   */
  get isConsistent(): boolean {
    for (const { incarnationId } of this.registered.values()) if (!this.isLive(incarnationId)) return false;
    return true;
  }

  /** Brokers whose incarnation lives. */
  brokers(): PlannedBroker[] {
    return [...this.registered.values()].filter(({ incarnationId }) => this.isLive(incarnationId));
  }

  private register(entry: KeyValue): void {
    const parsed = parseKey(entry.key);
    if (parsed?.type !== 'broker') return;
    try {
      const { rack, incarnationId, draining } = decodeBrokerRegistration(entry.value, entry.key);
      this.registered.set(parsed.nodeId, { id: parsed.nodeId, incarnationId, rack, draining });
    } catch (error) {
      this.registered.delete(parsed.nodeId);
      this.logger.error(
        { event: 'broker_registration_unreadable', broker: parsed.nodeId, err: error },
        'the registration of a broker cannot be read: it is given nothing',
      );
    }
  }

  private unregister(key: string): void {
    const parsed = parseKey(key);
    if (parsed?.type === 'broker') this.registered.delete(parsed.nodeId);
  }
}

function incarnationOf(key: string): string {
  return key.slice(INCARNATIONS_PREFIX.length);
}
