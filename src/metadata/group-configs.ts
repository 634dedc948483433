import type { Logger } from '../logging/logger.js';
import type { Clock } from '../time/clock.js';
import { GROUP_CONFIGS_PREFIX, groupConfigKey, parseKey } from './keys.js';
import type { Change, KeyValue, MetadataStore, Operation, Watch } from './metadata-store.js';
import { decodeGroupConfig, encodeGroupConfig } from './records.js';
import { repeatUnanswered } from './repeat.js';

/** Configurations of one group by name, as given; what is absent is as the broker has it for all groups. */
export type GroupConfig = ReadonlyMap<string, string>;

interface Known {
  readonly configs: GroupConfig;
  readonly revision: number;
}

const NONE: GroupConfig = new Map();

/** The configurations that groups have of their own (KIP-848): mirrored from the metadata store, and changed in it. */
export class GroupConfigs {
  private readonly known = new Map<string, Known>();
  private watch: Watch | undefined;

  constructor(
    private readonly store: MetadataStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly random: () => number = Math.random,
  ) {}

  /**
   * Resolves when they are known.
   *
   * @throws MetadataFormatError when one is damaged or was written by a newer version
   */
  async start(): Promise<void> {
    this.watch ??= this.store.watch(GROUP_CONFIGS_PREFIX, {
      snapshot: (entries, revision) => this.reset(entries, revision),
      changes: (changes, revision) => changes.forEach((change) => this.hear(change, revision)),
    });
    await this.watch.ready;
  }

  close(): void {
    this.watch?.close();
  }

  /** A group's own; none for groups that have none, whether they exist or not. */
  get(groupId: string): GroupConfig {
    return this.known.get(groupId)?.configs ?? NONE;
  }

  /** The groups that have some. */
  groupIds(): string[] {
    return [...this.known].filter(([, { configs }]) => configs.size > 0).map(([groupId]) => groupId);
  }

  /**
   * Changes the configurations of a group. They hold here when it resolves, and on other brokers a moment later.
   *
   * @param change gives the new ones for the present ones; applied again when they changed meanwhile, or when nobody
   *   knows whether an earlier try was applied, so applying it twice must give the same as once
   * @throws what `change` throws
   * @throws MetadataUnavailableError when the outcome was still unknown after `timeoutMs`
   */
  async alter(groupId: string, change: (configs: GroupConfig) => GroupConfig, timeoutMs: number): Promise<void> {
    const deadline = this.clock.monotonic() + timeoutMs;
    const { configs, revision } = await repeatUnanswered(this.clock, this.random, deadline, () =>
      this.tryAlter(groupId, change),
    );
    this.adopt(groupId, configs, revision);
    const fields = { event: 'group_configs_changed', group: groupId, configs: Object.fromEntries(configs) };
    this.logger.info(fields, 'configurations of a group changed');
  }

  private async tryAlter(groupId: string, change: (configs: GroupConfig) => GroupConfig): Promise<Known> {
    const key = groupConfigKey(groupId);
    for (;;) {
      const entry = await this.store.get(key);
      const configs = change(entry === undefined ? NONE : read(entry));
      if (entry === undefined && configs.size === 0) return { configs, revision: 0 };
      const { succeeded, revision } = await this.store.txn({
        compare: [entry === undefined ? { key, exists: false } : { key, modRevision: entry.modRevision }],
        success: [writing(key, configs)],
      });
      if (succeeded) return { configs, revision };
    }
  }

  private reset(entries: readonly KeyValue[], revision: number): void {
    const present = new Set(entries.map(({ key }) => groupIdOf(key)));
    for (const [groupId, known] of this.known) {
      if (!present.has(groupId) && known.revision <= revision) this.known.delete(groupId);
    }
    for (const entry of entries) this.hear({ type: 'put', entry }, entry.modRevision);
  }

  private hear(change: Change, revision: number): void {
    const groupId = groupIdOf(change.type === 'put' ? change.entry.key : change.key);
    if (groupId === undefined) return;
    if (change.type === 'put') this.adopt(groupId, read(change.entry), revision);
    else if (revision >= (this.known.get(groupId)?.revision ?? 0)) this.known.delete(groupId);
  }

  /** The watch may tell of a change after a later one of our own, also when that left nothing. */
  private adopt(groupId: string, configs: GroupConfig, revision: number): void {
    if (revision > (this.known.get(groupId)?.revision ?? 0)) this.known.set(groupId, { configs, revision });
  }
}

function writing(key: string, configs: GroupConfig): Operation {
  if (configs.size === 0) return { type: 'delete', key };
  return { type: 'put', key, value: encodeGroupConfig({ config: Object.fromEntries(configs) }) };
}

function groupIdOf(key: string): string | undefined {
  const parsed = parseKey(key);
  return parsed?.type === 'groupConfig' ? parsed.groupId : undefined;
}

function read(entry: KeyValue): GroupConfig {
  return new Map(Object.entries(decodeGroupConfig(entry.value, entry.key).config));
}
