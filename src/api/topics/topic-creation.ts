import type { ClusterView } from '../../cluster/cluster-view.js';
import type { Logger } from '../../logging/logger.js';
import { MetadataUnavailableError } from '../../metadata/metadata-store.js';
import type { NewTopic, Topic, TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';

/** How long the creation of a topic waits for the metadata store at least, whatever the client says, ms. */
const MIN_TIMEOUT_MS = 1000;
/** Clients that create topics by asking for them wait this long at most, ms: they ask again anyway. */
const AUTO_CREATE_TIMEOUT_MS = 5000;
/** Answers wait this long at most for the leaders of a topic that exists already, ms. */
const LEADERS_TIMEOUT_MS = 5000;

export interface NewTopicDefaults {
  /** Partitions of a topic when nobody says how many. */
  readonly partitions: number;
}

/** Creates topics, and waits until they can be used. */
export class TopicCreation {
  /** Creations by name that are under way: clients that ask for the same topic at once share one. */
  private readonly pending = new Map<string, Promise<Topic | KafkaError>>();

  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly cluster: ClusterView,
    readonly defaults: NewTopicDefaults,
    private readonly logger: Logger,
  ) {}

  /**
   * Creates a topic and waits for its leaders, as long as the client's patience lasts.
   *
   * @param timeoutMs of the request; 0 and less still create
   * @throws KafkaError of the catalogue's; REQUEST_TIMED_OUT when the outcome is unknown
   */
  async create(topic: NewTopic, timeoutMs: number): Promise<Topic> {
    try {
      const created = await this.catalogue.create(topic, Math.max(MIN_TIMEOUT_MS, timeoutMs));
      await this.cluster.whenLed(created, Math.max(0, Math.min(timeoutMs, LEADERS_TIMEOUT_MS)));
      this.logger.info({ event: 'topic_created', topic: created.name, topicId: created.id }, 'topic created');
      return created;
    } catch (error) {
      if (!(error instanceof MetadataUnavailableError)) throw error;
      this.logger.warn({ event: 'topic_creation_unknown', topic: topic.name, err: error }, 'topic may not exist');
      throw new KafkaError(ErrorCode.REQUEST_TIMED_OUT, 'The metadata store did not answer in time.', { cause: error });
    }
  }

  /**
   * Creates a topic, with the defaults, for a client that asked for it. Never rejects for what a client can cause.
   *
   * @returns the topic, also when somebody else was faster; or the error to answer
   */
  createMissing(name: string): Promise<Topic | KafkaError> {
    const pending = this.pending.get(name);
    if (pending) return pending;
    const creation = this.tryCreate(name).finally(() => this.pending.delete(name));
    this.pending.set(name, creation);
    return creation;
  }

  private async tryCreate(name: string): Promise<Topic | KafkaError> {
    const topic = { name, partitionCount: this.defaults.partitions, replicationFactor: 1, configs: new Map() };
    try {
      return await this.create(topic, AUTO_CREATE_TIMEOUT_MS);
    } catch (error) {
      if (!(error instanceof KafkaError)) throw error;
      if (error.code === ErrorCode.INVALID_TOPIC_EXCEPTION) return error;
      // Another broker was faster, or nobody knows: the client asks again in a moment.
      return this.catalogue.get(name) ?? new KafkaError(ErrorCode.LEADER_NOT_AVAILABLE);
    }
  }
}
