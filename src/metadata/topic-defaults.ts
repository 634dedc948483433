import type { Logger } from '../logging/logger.js';
import type { Clock } from '../time/clock.js';
import { TOPIC_DEFAULTS_KEY } from './keys.js';
import type { KeyValue, MetadataStore, Watch } from './metadata-store.js';
import { decodeTopicDefaults, encodeTopicDefaults } from './records.js';
import { repeatUnanswered } from './repeat.js';
import { validateTopicConfigs, type TopicConfigs } from './topic-configs.js';

const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * The configurations that all topics of the cluster have unless they say otherwise, as far as they differ from the
 * broker's own defaults (KIP-226, the "default" of brokers): mirrored from the metadata store, and changed in it.
 */
export class TopicDefaults {
  private known: TopicConfigs = new Map();
  private revision = 0;
  private watch: Watch | undefined;

  constructor(
    private readonly store: MetadataStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly random: () => number = Math.random,
  ) {}

  /**
   * Resolves when the defaults are known.
   *
   * @throws MetadataFormatError when they are damaged or were written by a newer version
   */
  async start(): Promise<void> {
    this.watch ??= this.store.watch(TOPIC_DEFAULTS_KEY, {
      snapshot: (entries) => {
        if (entries.length === 0) this.known = new Map();
        for (const entry of entries) this.hear(entry);
      },
      changes: (changes) => {
        for (const change of changes) if (change.type === 'put') this.hear(change.entry);
      },
    });
    await this.watch.ready;
  }

  close(): void {
    this.watch?.close();
  }

  /** By the names that topics have for them. Another object after each change. */
  get configs(): TopicConfigs {
    return this.known;
  }

  /** A topic's own configurations, and these for what it doesn't say itself. */
  under(own: TopicConfigs): TopicConfigs {
    return this.known.size === 0 ? own : new Map([...this.known, ...own]);
  }

  /**
   * Changes the defaults. They hold here when it resolves, and on other brokers a moment later.
   *
   * @param change gives the new defaults for the present ones; applied again when they changed meanwhile, or when nobody
   *   knows whether an earlier try was applied, so applying it twice must give the same as once
   * @throws KafkaError INVALID_CONFIG, and what `change` throws
   * @throws MetadataUnavailableError when the outcome was still unknown after `timeoutMs`
   */
  async alter(change: (configs: TopicConfigs) => TopicConfigs, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<void> {
    const deadline = this.clock.monotonic() + timeoutMs;
    const { configs, revision } = await repeatUnanswered(this.clock, this.random, deadline, () =>
      this.tryAlter(change),
    );
    this.adopt(configs, revision);
    this.logger.info({ event: 'topic_defaults_changed', configs: Object.fromEntries(configs) }, 'defaults changed');
  }

  private async tryAlter(change: (configs: TopicConfigs) => TopicConfigs) {
    const key = TOPIC_DEFAULTS_KEY;
    for (;;) {
      const entry = await this.store.get(key);
      const configs = change(entry === undefined ? new Map() : read(entry));
      validateTopicConfigs(configs);
      const { succeeded, revision } = await this.store.txn({
        compare: [entry === undefined ? { key, exists: false } : { key, modRevision: entry.modRevision }],
        success: [{ type: 'put', key, value: encodeTopicDefaults({ config: Object.fromEntries(configs) }) }],
      });
      if (succeeded) return { configs, revision };
    }
  }

  private hear(entry: KeyValue): void {
    if (entry.key === TOPIC_DEFAULTS_KEY) this.adopt(read(entry), entry.modRevision);
  }

  /** The watch may tell of a change after a later one of our own. */
  private adopt(configs: TopicConfigs, revision: number): void {
    if (revision <= this.revision) return;
    this.known = configs;
    this.revision = revision;
  }
}

function read(entry: KeyValue): TopicConfigs {
  return new Map(Object.entries(decodeTopicDefaults(entry.value, entry.key).config));
}
