import { parseKey } from '../metadata/keys.js';
import { MetadataFormatError, type KeyValue } from '../metadata/metadata-store.js';
import type { GroupSnapshot } from './classic/group-snapshot.js';
import { decodeOffset } from './committed-offset.js';
import type { PartitionOffset } from './group-offsets.js';
import { decodeGroup } from './group-records.js';

/** A group as the metadata store has it. */
export interface StoredGroup {
  readonly groupId: string;
  /** Undefined for a group that never had members. */
  readonly snapshot: GroupSnapshot | undefined;
  readonly offsets: readonly PartitionOffset[];
  /** Why something of the group can't be read: damaged, or written by a newer version. */
  readonly fault: MetadataFormatError | undefined;
}

/** Groups by id, from all keys of groups. Keys that this version doesn't know are left alone. */
export function readGroups(entries: readonly KeyValue[]): StoredGroup[] {
  const groups = new Map<string, KeyValue[]>();
  for (const entry of entries) {
    const parsed = parseKey(entry.key);
    if (parsed?.type !== 'groupMetadata' && parsed?.type !== 'committedOffset') continue;
    const group = groups.get(parsed.groupId) ?? [];
    group.push(entry);
    groups.set(parsed.groupId, group);
  }
  return Array.from(groups, ([groupId, own]) => readGroup(groupId, own));
}

function readGroup(groupId: string, entries: readonly KeyValue[]): StoredGroup {
  let snapshot: GroupSnapshot | undefined;
  const offsets: PartitionOffset[] = [];
  try {
    for (const entry of entries) {
      const parsed = parseKey(entry.key);
      if (parsed?.type === 'groupMetadata') snapshot = decodeGroup(entry, groupId);
      if (parsed?.type !== 'committedOffset') continue;
      offsets.push({ topic: parsed.topic, partition: parsed.partition, committed: decodeOffset(entry) });
    }
  } catch (error) {
    if (error instanceof MetadataFormatError) return { groupId, snapshot: undefined, offsets: [], fault: error };
    throw error;
  }
  return { groupId, snapshot, offsets, fault: undefined };
}
