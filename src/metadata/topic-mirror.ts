import type { Logger } from '../logging/logger.js';
import type { Clock } from '../time/clock.js';
import { parseKey, TOPICS_PREFIX } from './keys.js';
import {
  MetadataFormatError,
  MetadataUnavailableError,
  type Change,
  type KeyValue,
  type MetadataStore,
  type Watch,
} from './metadata-store.js';
import { decodeTopic, type Topic } from './topic.js';

/** The topics as this process last heard of them, from a watch. */
export class TopicMirror {
  private byName = new Map<string, Topic>();
  private byId = new Map<string, Topic>();
  private revision = 0;
  private changeCount = 0;
  private watch: Watch | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(
    private readonly store: MetadataStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /**
   * Resolves when the topics are known.
   *
   * @throws MetadataFormatError when a topic cannot be read
   */
  async start(): Promise<void> {
    this.watch ??= this.store.watch(TOPICS_PREFIX, {
      snapshot: (entries, revision) => this.reset(entries, revision),
      changes: (changes, revision) => this.apply(changes, revision),
    });
    await this.watch.ready;
  }

  close(): void {
    this.watch?.close();
  }

  get(name: string): Topic | undefined {
    return this.byName.get(name);
  }

  getById(id: string): Topic | undefined {
    return this.byId.get(id);
  }

  all(): Topic[] {
    return [...this.byName.values()];
  }

  /** Changes whenever a topic does. */
  get version(): number {
    return this.changeCount;
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Whether the changes of topics up to this revision are visible. */
  hasReached(revision: number): boolean {
    return this.revision >= revision;
  }

  /**
   * Resolves when what is visible fulfils a condition.
   *
   * @throws MetadataUnavailableError when that takes longer than `timeoutMs`
   */
  until(condition: () => boolean, timeoutMs: number): Promise<void> {
    if (condition()) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const stop = this.onChange(() => {
        if (!condition()) return;
        stop();
        timer.cancel();
        resolve();
      });
      const timer = this.clock.setTimer(Math.max(0, timeoutMs), () => {
        stop();
        reject(new MetadataUnavailableError('a change of topics is stored but was not heard of yet'));
      });
    });
  }

  private reset(entries: readonly KeyValue[], revision: number): void {
    const isFirst = this.revision === 0;
    const before = this.byName;
    this.byName = new Map();
    this.byId = new Map();
    this.changeCount += 1;
    for (const entry of entries) {
      const name = topicOf(entry.key);
      if (name !== undefined) this.put(this.read(name, entry, isFirst) ?? before.get(name));
    }
    this.heard(revision);
  }

  private apply(changes: readonly Change[], revision: number): void {
    for (const change of changes) {
      const name = topicOf(change.type === 'put' ? change.entry.key : change.key);
      if (name === undefined) continue;
      if (change.type === 'put') this.put(this.read(name, change.entry, false));
      else this.drop(name);
    }
    this.heard(revision);
  }

  /** Once started, a topic that can't be read stays as it was: it must not take the others away. */
  private read(name: string, entry: KeyValue, mustSucceed: boolean): Topic | undefined {
    try {
      const topic = decodeTopic(entry);
      if (topic.name !== name) throw new MetadataFormatError(`${entry.key} is the record of topic "${topic.name}"`);
      return topic;
    } catch (error) {
      if (mustSucceed) throw error;
      this.logger.error({ event: 'topic_unreadable', topic: name, err: error }, 'a topic cannot be read');
      return undefined;
    }
  }

  private put(topic: Topic | undefined): void {
    if (topic === undefined) return;
    this.drop(topic.name);
    this.changeCount += 1;
    this.byName.set(topic.name, topic);
    this.byId.set(topic.id, topic);
  }

  private drop(name: string): void {
    const topic = this.byName.get(name);
    if (topic === undefined) return;
    this.changeCount += 1;
    this.byName.delete(name);
    this.byId.delete(topic.id);
  }

  private heard(revision: number): void {
    this.revision = revision;
    for (const listener of [...this.listeners]) listener();
  }
}

/** The topic whose record the key holds. */
function topicOf(key: string): string | undefined {
  const parsed = parseKey(key);
  return parsed?.type === 'topicConfig' ? parsed.topic : undefined;
}
