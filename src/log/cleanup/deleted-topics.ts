import { DELETED_TOPICS_PREFIX, deletedTopicKey, topicConfigKey } from '../../metadata/keys.js';
import type { MetadataStore } from '../../metadata/metadata-store.js';
import { decodeDeletedTopic } from '../../metadata/records.js';
import { uuidOf } from '../../metadata/uuid.js';
import type { Logger } from '../../logging/logger.js';
import { decodeManifest } from '../../storage/manifest-format.js';
import {
  manifestsPrefix,
  parseManifestKey,
  parseSegmentKey,
  segmentKeys,
  topicObjectsPrefix,
} from '../../storage/object-keys.js';
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
  /** Wall-clock time, ms since the Unix epoch; NaN where the note doesn't say. */
  readonly createdAt: number;
  readonly deletedAt: number;
}

/**
 * Removes the objects of deleted topics. Deleting a topic leaves a note; its manifests, found by their prefix, name all of
 * its segments. Of each partition the segments go first and the manifests after them, so that a crash loses no names. What
 * was uploaded and never came into a manifest is found in the topic's folder, by its time, unless a namesake has it now.
 * The note goes when nothing is left.
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
    const topics = await this.readNotes();
    for (const topic of topics) {
      if (this.clock.now() - topic.deletedAt < this.options.graceMs) continue;
      const isLastOfName = topics.every(({ id, name }) => id === topic.id || name !== topic.name);
      try {
        await this.removeTopic(topic, isLastOfName, signal);
      } catch (error) {
        signal.throwIfAborted();
        failure = { error };
      }
    }
    if (failure !== undefined) throw failure.error;
  }

  /** The note goes when nothing is left: what was on its way may have arrived since the last time. */
  private async removeTopic(topic: DeletedTopic, isLastOfName: boolean, signal: AbortSignal): Promise<void> {
    if ((await this.removeObjects(topic, signal)) > 0) return;
    if (isLastOfName && (await this.removeUncommitted(topic, signal)) > 0) return;
    await this.metadata.txn({ compare: [], success: [{ type: 'delete', key: deletedTopicKey(topic.id) }] });
    const { id: topicId, name } = topic;
    this.logger.info({ event: 'topic_removed', topic: name, topicId }, 'the objects of a deleted topic are gone');
  }

  private async readNotes(): Promise<DeletedTopic[]> {
    return (await this.metadata.range(DELETED_TOPICS_PREFIX)).entries.flatMap(({ key, value }) => {
      const { name, topicId, createdAt, deletedAt } = decodeDeletedTopic(value, key);
      const id = uuidOf(topicId);
      return id === undefined ? [] : [{ id, name, createdAt: Date.parse(createdAt), deletedAt: Date.parse(deletedAt) }];
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

  /**
   * Segments that were on their way when the topic was deleted. Those that are older than the topic may wait for being
   * imported, and those that came after the grace are not its own.
   */
  private async removeUncommitted({ name, createdAt, deletedAt }: DeletedTopic, signal: AbortSignal): Promise<number> {
    const { namespace, graceMs } = this.options;
    const uncommitted: string[] = [];
    for await (const { key, lastModified } of this.objects.list(topicObjectsPrefix(namespace, name), { signal })) {
      const isOfItsTime = createdAt < lastModified && lastModified <= deletedAt + graceMs;
      if (isOfItsTime && parseSegmentKey(key) !== undefined) uncommitted.push(key);
    }
    // Asked afterwards: what a namesake writes that is created from now on was not listed.
    const namesake = await this.metadata.get(topicConfigKey(name));
    return namesake === undefined ? this.remover.remove(uncommitted, 'topic', signal) : 0;
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
