import { DELETED_TOPICS_PREFIX } from './keys.js';
import type { MetadataStore } from './metadata-store.js';
import { decodeDeletedTopic } from './records.js';

/**
 * Whether the objects of a deleted topic with this name are still being deleted. As long as they are, a new segment must not
 * get a name that one of them may have had: a deletion that is repeated would hit it.
 *
 * No note can come up while a topic with this name is there, so once this is false it stays so for the topic's life.
 *
 * @throws MetadataUnavailableError
 */
export async function hasDeletedNamesake(store: MetadataStore, topicName: string): Promise<boolean> {
  const { entries } = await store.range(DELETED_TOPICS_PREFIX);
  return entries.some(({ key, value }) => decodeDeletedTopic(value, key).name === topicName);
}
