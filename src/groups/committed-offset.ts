import type { KeyValue } from '../metadata/metadata-store.js';
import { decodeCommittedOffset, encodeCommittedOffset } from '../metadata/records.js';
import { uuidBytes, uuidOf } from '../metadata/uuid.js';
import { timeOf } from './record-format.js';

/** How far a group has come in a partition. */
export interface CommittedOffset {
  /** The next offset to consume. */
  readonly offset: number;
  /** The epoch of the last record consumed, −1 when the client didn't say. */
  readonly leaderEpoch: number;
  /** The client's own, given back as it is. */
  readonly metadata: string;
  /** Wall-clock time of the commit, ms. */
  readonly committedAt: number;
  /** When it expires whatever the state of the group, ms; undefined: by the rules of the group. */
  readonly expiresAt: number | undefined;
  /** Of the topic it belongs to; undefined when another program has written it, and then any topic of the name. */
  readonly topicId: string | undefined;
}

export function encodeOffset(committed: CommittedOffset): Buffer {
  return encodeCommittedOffset({
    offset: committed.offset,
    metadata: committed.metadata,
    committedAt: new Date(committed.committedAt).toISOString(),
    leaderEpoch: committed.leaderEpoch,
    ...(committed.topicId !== undefined && { topicId: uuidBytes(committed.topicId) }),
    ...(committed.expiresAt !== undefined && { expiresAt: new Date(committed.expiresAt).toISOString() }),
  });
}

/** @throws MetadataFormatError */
export function decodeOffset({ key, value }: Pick<KeyValue, 'key' | 'value'>): CommittedOffset {
  const record = decodeCommittedOffset(value, key);
  return {
    offset: record.offset,
    leaderEpoch: record.leaderEpoch,
    metadata: record.metadata,
    committedAt: timeOf(record.committedAt, key),
    expiresAt: record.expiresAt === '' ? undefined : timeOf(record.expiresAt, key),
    topicId: uuidOf(record.topicId),
  };
}
