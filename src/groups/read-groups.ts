import { parseKey } from '../metadata/keys.js';
import { MetadataFormatError, type KeyValue } from '../metadata/metadata-store.js';
import { decodeConsumerGroup } from '../metadata/records.js';
import type { GroupSnapshot } from './classic/group-snapshot.js';
import { decodeOffset } from './committed-offset.js';
import { CONSUMER_GROUP_TYPE, consumerGroupOfRecord } from './consumer/group-record.js';
import type { ConsumerGroupSnapshot } from './consumer/snapshot.js';
import type { PartitionOffset } from './group-offsets.js';
import { groupOfRecord } from './group-records.js';

/** Who was in a group, by its protocol. */
export type StoredMembership =
  | { readonly type: 'classic'; readonly snapshot: GroupSnapshot }
  | { readonly type: 'consumer'; readonly snapshot: ConsumerGroupSnapshot };

/** A group as the metadata store has it. */
export interface StoredGroup {
  readonly groupId: string;
  /** Undefined for a group that never had members. */
  readonly membership: StoredMembership | undefined;
  readonly offsets: readonly PartitionOffset[];
  /** Why something of the group can't be read: damaged, or written by a newer version. */
  readonly fault: MetadataFormatError | undefined;
}

/** The groups that are wanted, from all keys of groups. Keys that this version doesn't know are left alone. */
export function readGroups(entries: readonly KeyValue[], isWanted: (groupId: string) => boolean): StoredGroup[] {
  const groups = new Map<string, KeyValue[]>();
  for (const entry of entries) {
    const parsed = parseKey(entry.key);
    if (parsed?.type !== 'groupMetadata' && parsed?.type !== 'committedOffset') continue;
    const group = groups.get(parsed.groupId) ?? [];
    group.push(entry);
    groups.set(parsed.groupId, group);
  }
  return Array.from(groups)
    .filter(([groupId]) => isWanted(groupId))
    .map(([groupId, own]) => readGroup(groupId, own));
}

function readGroup(groupId: string, entries: readonly KeyValue[]): StoredGroup {
  let membership: StoredMembership | undefined;
  const offsets: PartitionOffset[] = [];
  try {
    for (const entry of entries) {
      const parsed = parseKey(entry.key);
      if (parsed?.type === 'groupMetadata') membership = decodeMembership(entry, groupId);
      if (parsed?.type !== 'committedOffset') continue;
      offsets.push({ topic: parsed.topic, partition: parsed.partition, committed: decodeOffset(entry) });
    }
  } catch (error) {
    if (error instanceof MetadataFormatError) return { groupId, membership: undefined, offsets: [], fault: error };
    throw error;
  }
  return { groupId, membership, offsets, fault: undefined };
}

/** @throws MetadataFormatError */
function decodeMembership({ key, value }: Pick<KeyValue, 'key' | 'value'>, groupId: string): StoredMembership {
  const record = decodeConsumerGroup(value, key);
  switch (record.groupType) {
    case CONSUMER_GROUP_TYPE:
      return { type: 'consumer', snapshot: consumerGroupOfRecord(record, key, groupId) };
    case '':
      return { type: 'classic', snapshot: groupOfRecord(record, key, groupId) };
    default:
      throw new MetadataFormatError(`${key} is a group of the type "${record.groupType}", which is not known`);
  }
}
