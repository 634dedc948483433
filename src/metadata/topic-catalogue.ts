import type { Logger } from '../logging/logger.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import type { Clock } from '../time/clock.js';
import { deletedTopicKey, topicAssignmentsPrefix, topicConfigKey, topicPrefix } from './keys.js';
import type { MetadataStore } from './metadata-store.js';
import { encodeDeletedTopic } from './records.js';
import { repeatUnanswered } from './repeat.js';
import { validateTopicConfigs, type TopicConfigs } from './topic-configs.js';
import { newUuid, uuidBytes } from './uuid.js';
import { TopicMirror } from './topic-mirror.js';
import { collisionKey, validateTopicName } from './topic-name.js';
import { decodeTopic, encodeTopic, type Topic } from './topic.js';

export type { Topic } from './topic.js';

const DEFAULT_TIMEOUT_MS = 30_000;
const MAX_REPLICATION_FACTOR = 2 ** 15 - 1;

export interface NewTopic {
  readonly name: string;
  readonly partitionCount: number;
  readonly replicationFactor: number;
  readonly configs: TopicConfigs;
}

/** The cluster's topics: a mirror to look them up in, and the transactions that create and delete them. */
export class TopicCatalogue {
  private readonly mirror: TopicMirror;

  constructor(
    private readonly store: MetadataStore,
    private readonly clock: Clock,
    logger: Logger,
    private readonly random: () => number = Math.random,
    private readonly newId: () => string = newUuid,
  ) {
    this.mirror = new TopicMirror(store, clock, logger);
  }

  /**
   * Resolves when the topics are known.
   *
   * @throws MetadataFormatError when a topic is damaged or was written by a newer version
   */
  start(): Promise<void> {
    return this.mirror.start();
  }

  close(): void {
    this.mirror.close();
  }

  get(name: string): Topic | undefined {
    return this.mirror.get(name);
  }

  getById(id: string): Topic | undefined {
    return this.mirror.getById(id);
  }

  all(): readonly Topic[] {
    return this.mirror.all();
  }

  /** Changes whenever a topic does. */
  get version(): number {
    return this.mirror.version;
  }

  /** Calls `listener` after topics may have changed, until the returned function is called. */
  onChange(listener: () => void): () => void {
    return this.mirror.onChange(listener);
  }

  /**
   * The checks of {@link create}, against the topics that are known here.
   *
   * @throws KafkaError
   */
  validate({ name, partitionCount, replicationFactor, configs }: NewTopic): void {
    validateTopicName(name);
    if (this.get(name) !== undefined) throw alreadyExists(name);
    const collidesWith = this.all().find((topic) => collisionKey(topic.name) === collisionKey(name));
    if (collidesWith !== undefined) {
      throw new KafkaError(
        ErrorCode.INVALID_TOPIC_EXCEPTION,
        `Topic "${name}" collides with "${collidesWith.name}": names must differ in more than "." and "_".`,
      );
    }
    if (!Number.isInteger(partitionCount) || partitionCount < 1) {
      throw new KafkaError(ErrorCode.INVALID_PARTITIONS, 'The number of partitions must be at least 1.');
    }
    if (!Number.isInteger(replicationFactor) || replicationFactor < 1 || replicationFactor > MAX_REPLICATION_FACTOR) {
      throw new KafkaError(
        ErrorCode.INVALID_REPLICATION_FACTOR,
        `The replication factor must be from 1 to ${MAX_REPLICATION_FACTOR}.`,
      );
    }
    validateTopicConfigs(configs);
  }

  /**
   * Creates a topic under a new id. Resolves when this catalogue shows it.
   *
   * Of several creations of one name at once, exactly one succeeds.
   *
   * @throws KafkaError INVALID_TOPIC_EXCEPTION, TOPIC_ALREADY_EXISTS, INVALID_PARTITIONS, INVALID_REPLICATION_FACTOR or
   *   INVALID_CONFIG
   * @throws MetadataUnavailableError when the outcome was still unknown after `timeoutMs`
   */
  async create(newTopic: NewTopic, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<Topic> {
    this.validate(newTopic);
    const { name, partitionCount, replicationFactor, configs } = newTopic;
    const createdAt = new Date(this.clock.now()).toISOString();
    const topic: Topic = { name, id: this.newId(), partitionCount, replicationFactor, configs, createdAt };
    const deadline = this.clock.monotonic() + timeoutMs;
    const revision = await this.repeat(deadline, () => this.tryCreate(topic));
    await this.mirror.until(() => this.mirror.hasReached(revision), deadline - this.clock.monotonic());
    return topic;
  }

  /**
   * Deletes a topic with all that the metadata store holds of it, and leaves a note that its objects are to be deleted
   * too. Resolves when this catalogue doesn't show it any more.
   *
   * A topic that was created meanwhile under the same name stays.
   *
   * @param id to delete only the topic with this id
   * @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION
   * @throws MetadataUnavailableError when the outcome was still unknown after `timeoutMs`
   */
  async delete(name: string, id?: string, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<void> {
    validateTopicName(name);
    const deadline = this.clock.monotonic() + timeoutMs;
    const entry = await this.repeat(deadline, () => this.store.get(topicConfigKey(name)));
    const topic = entry === undefined ? undefined : decodeTopic(entry);
    if (entry === undefined || topic === undefined || (id !== undefined && id !== topic.id)) throw unknownTopic(name);
    await this.repeat(deadline, (attempt) => this.tryDelete(topic, entry.modRevision, attempt > 0));
    await this.mirror.until(() => this.getById(topic.id) === undefined, deadline - this.clock.monotonic());
  }

  /**
   * Changes a topic's own configurations. Resolves when this catalogue shows them.
   *
   * @param change gives the new configurations for the present ones; called again when they changed meanwhile, or when
   *   nobody knows whether an earlier try was applied, so applying it twice must give the same as once
   * @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION, INVALID_CONFIG, and what `change` throws
   * @throws MetadataUnavailableError when the outcome was still unknown after `timeoutMs`
   */
  async alterConfigs(
    name: string,
    change: (configs: TopicConfigs) => TopicConfigs,
    timeoutMs = DEFAULT_TIMEOUT_MS,
  ): Promise<Topic> {
    return this.update(name, timeoutMs, (topic) => {
      const configs = change(topic.configs);
      validateTopicConfigs(configs);
      return { ...topic, configs };
    });
  }

  /**
   * Raises the number of a topic's partitions. Resolves when this catalogue shows them.
   *
   * @param id to change only the topic with this id
   * @param partitionCount afterwards
   * @throws KafkaError UNKNOWN_TOPIC_OR_PARTITION, or INVALID_PARTITIONS when the topic has as many already
   * @throws MetadataUnavailableError when the outcome was still unknown after `timeoutMs`
   */
  async addPartitions(
    name: string,
    id: string,
    partitionCount: number,
    timeoutMs = DEFAULT_TIMEOUT_MS,
  ): Promise<Topic> {
    return this.update(name, timeoutMs, (topic, isRepeated) => {
      if (topic.id !== id) throw unknownTopic(name);
      if (partitionCount === topic.partitionCount && isRepeated) return topic;
      requireMorePartitions(topic, partitionCount);
      return { ...topic, partitionCount };
    });
  }

  /** Replaces a topic's record by what `change` makes of it, in one transaction that compares the record. */
  private async update(
    name: string,
    timeoutMs: number,
    change: (topic: Topic, isRepeated: boolean) => Topic,
  ): Promise<Topic> {
    validateTopicName(name);
    const deadline = this.clock.monotonic() + timeoutMs;
    const { topic, revision } = await this.repeat(deadline, (attempt) => this.tryUpdate(name, change, attempt > 0));
    await this.mirror.until(() => this.mirror.hasReached(revision), deadline - this.clock.monotonic());
    return topic;
  }

  /** @param isRepeated whether an earlier try, to which no answer came, may have made the change */
  private async tryUpdate(
    name: string,
    change: (topic: Topic, isRepeated: boolean) => Topic,
    isRepeated: boolean,
  ): Promise<{ topic: Topic; revision: number }> {
    const key = topicConfigKey(name);
    for (;;) {
      const entry = await this.store.get(key);
      if (entry === undefined) throw unknownTopic(name);
      const topic = change(decodeTopic(entry), isRepeated);
      const value = encodeTopic(topic);
      if (value.equals(entry.value)) return { topic, revision: entry.modRevision };
      const { succeeded, revision } = await this.store.txn({
        compare: [{ key, modRevision: entry.modRevision }],
        success: [{ type: 'put', key, value }],
      });
      if (succeeded) return { topic, revision };
    }
  }

  /** @returns the revision at which the topic was created */
  private async tryCreate(topic: Topic): Promise<number> {
    const key = topicConfigKey(topic.name);
    const { succeeded, revision, reads } = await this.store.txn({
      compare: [{ key, exists: false }],
      success: [{ type: 'put', key, value: encodeTopic(topic) }],
      failure: [{ type: 'get', key }],
    });
    if (succeeded) return revision;
    // An earlier try, to which no answer came, may have been the creation.
    const [existing] = reads;
    if (existing !== undefined && decodeTopic(existing).id === topic.id) return existing.createRevision;
    throw alreadyExists(topic.name);
  }

  /** @param isRepeated whether an earlier try, to which no answer came, may have deleted the topic */
  private async tryDelete(topic: Topic, modRevision: number, isRepeated: boolean): Promise<void> {
    const key = topicConfigKey(topic.name);
    const { succeeded, reads } = await this.store.txn({
      compare: [{ key, modRevision }],
      success: [
        { type: 'deletePrefix', prefix: topicPrefix(topic.name) },
        { type: 'deletePrefix', prefix: topicAssignmentsPrefix(topic.name) },
        { type: 'put', key: deletedTopicKey(topic.id), value: this.deletionNote(topic) },
      ],
      failure: [{ type: 'get', key }],
    });
    if (succeeded) return;
    const [current] = reads;
    if (current !== undefined && decodeTopic(current).id === topic.id) {
      await this.tryDelete(topic, current.modRevision, isRepeated);
    } else if (!isRepeated) {
      throw unknownTopic(topic.name);
    }
  }

  private deletionNote({ name, id, partitionCount, createdAt }: Topic): Buffer {
    const deletedAt = new Date(this.clock.now()).toISOString();
    return encodeDeletedTopic({ name, topicId: uuidBytes(id), partitions: partitionCount, createdAt, deletedAt });
  }

  private repeat<T>(deadline: number, call: (attempt: number) => Promise<T>): Promise<T> {
    return repeatUnanswered(this.clock, this.random, deadline, call);
  }
}

/**
 * The check of {@link TopicCatalogue.addPartitions}.
 *
 * @throws KafkaError INVALID_PARTITIONS
 */
export function requireMorePartitions({ name, partitionCount }: Topic, wanted: number): void {
  if (wanted > partitionCount) return;
  throw new KafkaError(
    ErrorCode.INVALID_PARTITIONS,
    wanted === partitionCount
      ? `Topic "${name}" already has ${partitionCount} partition(s).`
      : `Topic "${name}" has ${partitionCount} partition(s); ${wanted} would not be an increase.`,
  );
}

function alreadyExists(name: string): KafkaError {
  return new KafkaError(ErrorCode.TOPIC_ALREADY_EXISTS, `Topic "${name}" already exists.`);
}

function unknownTopic(name: string): KafkaError {
  return new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `There is no topic "${name}".`);
}
