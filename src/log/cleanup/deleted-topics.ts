import { DELETED_TOPICS_PREFIX, deletedTopicKey } from '../../metadata/keys.js';
import type { MetadataStore } from '../../metadata/metadata-store.js';
import { decodeDeletedTopic } from '../../metadata/records.js';
import { uuidOf } from '../../metadata/uuid.js';
import type { Logger } from '../../logging/logger.js';
import { decodeManifest } from '../../storage/manifest-format.js';
import { manifestsPrefix, parseManifestKey, segmentKeys } from '../../storage/object-keys.js';
import type { ListedObject, ObjectStore } from '../../storage/object-store.js';
import type { Clock } from '../../time/clock.js';
import type { ObjectRemover } from './object-remover.js';

export interface DeletedTopicsOptions {
  readonly namespace: string;
  /** How long a topic's objects stay after it was deleted, ms: longer than what is under way takes. */
  readonly graceMs: number;
}

/** A topic that was deleted, and whose objects are still to be. */
interface DeletedTopic {
  readonly id: string;
  readonly name: string;
  readonly deletedAt: number;
}

/**
 * Removes the objects of deleted topics. Deleting a topic leaves a note; its manifests, found by their prefix, name all of
 * its segments. Of each partition the segments go first and the manifests after them, so that a crash loses no names; the
 * note goes when no manifest is left.
 *
 * While the note is there, no namesake of the topic gets the plain names of segments: deleting twice harms nobody.
 */
export class DeletedTopics {
  constructor(
    private readonly metadata: MetadataStore,
    private readonly objects: ObjectStore,
    private readonly remover: ObjectRemover,
    private readonly options: DeletedTopicsOptions,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /**
   * Looks at all notes once. To be repeated: what could not be done now is done the next time.
   *
   * @throws ObjectStoreError, ManifestFormatError, MetadataUnavailableError of the last topic that failed: one that can't be
   *   removed doesn't hold up the others
   * @throws the signal's reason
   */
  async sweep(signal: AbortSignal): Promise<void> {
    let failure: { readonly error: unknown } | undefined;
    for (const topic of await this.readNotes()) {
      if (this.clock.now() - topic.deletedAt < this.options.graceMs) continue;
      try {
        await this.removeTopic(topic, signal);
      } catch (error) {
        signal.throwIfAborted();
        failure = { error };
      }
    }
    if (failure !== undefined) throw failure.error;
  }

  /** The note goes when nothing is left: what was on its way may have arrived since the last time. */
  private async removeTopic(topic: DeletedTopic, signal: AbortSignal): Promise<void> {
    if ((await this.removeObjects(topic, signal)) > 0) return;
    await this.metadata.txn({ compare: [], success: [{ type: 'delete', key: deletedTopicKey(topic.id) }] });
    const { id: topicId, name } = topic;
    this.logger.info({ event: 'topic_removed', topic: name, topicId }, 'the objects of a deleted topic are gone');
  }

  private async readNotes(): Promise<DeletedTopic[]> {
    return (await this.metadata.range(DELETED_TOPICS_PREFIX)).entries.flatMap(({ key, value }) => {
      const { name, topicId, deletedAt } = decodeDeletedTopic(value, key);
      const id = uuidOf(topicId);
      return id === undefined ? [] : [{ id, name, deletedAt: Date.parse(deletedAt) }];
    });
  }

  private async removeObjects(topic: DeletedTopic, signal: AbortSignal): Promise<number> {
    let removed = 0;
    let manifests: string[] = [];
    let partition: number | undefined;
    const removeManifests = async () => {
      removed += await this.remover.remove(manifests, 'topic', signal);
      manifests = [];
    };
    for await (const object of this.objects.list(manifestsPrefix(this.options.namespace, topic.id), { signal })) {
      const parsed = parseManifestKey(object.key);
      if (parsed === undefined) continue;
      if (parsed.partition !== partition) await removeManifests();
      partition = parsed.partition;
      removed += await this.remover.remove(await this.namedBy(object, signal), 'topic', signal);
      manifests.push(object.key);
    }
    await removeManifests();
    return removed;
  }

  /** Everything that a manifest names: what was current when it was written, and what was to be deleted then. */
  private async namedBy({ key, sizeBytes }: ListedObject, signal: AbortSignal): Promise<Iterable<string>> {
    const bytes = await this.objects.read(key, { start: 0, length: sizeBytes }, { signal });
    const { topicName, partition, segments, retired } = decodeManifest(bytes, key);
    const { namespace } = this.options;
    return (function* () {
      for (const segment of segments) {
        yield* segmentKeys(namespace, topicName, partition, segment);
      }
      for (const object of retired) yield object.key;
    })();
  }
}
