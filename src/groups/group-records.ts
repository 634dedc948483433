import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { kafscale } from '../generated/metadata.js';
import { MetadataFormatError, type KeyValue } from '../metadata/metadata-store.js';
import { decodeConsumerGroup, encodeConsumerGroup } from '../metadata/records.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import { assignedPartitions, CONSUMER_PROTOCOL_TYPE, subscribedTopics } from './consumer-protocol.js';
import type { GroupSnapshot, MemberSnapshot } from './classic/group-snapshot.js';

const { MemberStates } = kafscale.metadata;

/** Up to this size a record also carries what only other programs read, bytes. */
const READABLE_RECORD_BYTES = 512 * 1024;
/** etcd takes requests of 1.5 MiB. */
const MAX_RECORD_BYTES = 1024 * 1024;
/** What a record may grow to when it is decompressed, bytes. */
const MAX_MEMBER_STATES_BYTES = 256 * 1024 * 1024;

/**
 * The record of a group. What the coordinator needs of the members is compressed: subscriptions repeat each other. The
 * readable form beside it is for other programs, and left out where it would make the record too large.
 *
 * @throws KafkaError UNKNOWN_SERVER_ERROR when the record is too large even so
 */
export function encodeGroup(snapshot: GroupSnapshot, now: Date): Buffer {
  const memberStates = encodeMemberStates(snapshot.members);
  const readable = encode(snapshot, memberStates, (member) => readableMember(snapshot, member, now));
  if (readable.length <= READABLE_RECORD_BYTES) return readable;
  const compact = encode(snapshot, memberStates, (member) => terseMember(member, now));
  if (compact.length <= MAX_RECORD_BYTES) return compact;
  throw new KafkaError(
    ErrorCode.UNKNOWN_SERVER_ERROR,
    `the state of group ${snapshot.groupId} takes ${compact.length} bytes; at most ${MAX_RECORD_BYTES} can be stored`,
  );
}

/** @throws MetadataFormatError */
export function decodeGroup({ key, value }: Pick<KeyValue, 'key' | 'value'>, groupId: string): GroupSnapshot {
  const record = decodeConsumerGroup(value, key);
  const readable = new Map(Object.entries(record.members));
  const members = decodeMemberStates(record.memberStates, key).map((state): MemberSnapshot => {
    const { clientId = '', clientHost = '', sessionTimeoutMs = 0 } = readable.get(state.memberId ?? '') ?? {};
    return {
      id: state.memberId ?? '',
      instanceId: state.groupInstanceId ?? null,
      clientId: clientId ?? '',
      clientHost: clientHost ?? '',
      sessionTimeoutMs: sessionTimeoutMs ?? 0,
      rebalanceTimeoutMs: state.rebalanceTimeoutMs ?? 0,
      protocols: (state.protocols ?? []).map(({ name, metadata }) => ({
        name: name ?? '',
        metadata: Buffer.from(metadata ?? []),
      })),
      assignment: Buffer.from(state.assignment ?? []),
    };
  });
  return {
    groupId,
    generationId: record.generationId,
    protocolType: emptyToNull(record.protocolType),
    protocolName: emptyToNull(record.protocol),
    leaderId: emptyToNull(record.leader),
    changedAt: timeOf(record.stateChangedAt, key),
    members,
  };
}

/** @throws MetadataFormatError when the text is no RFC 3339 time */
export function timeOf(text: string, key: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new MetadataFormatError(`${key} holds "${text}" where a time should be`);
  return time;
}

type ReadableMember = kafscale.metadata.GroupMember.$Properties;

function encode(
  snapshot: GroupSnapshot,
  memberStates: Buffer,
  memberOf: (member: MemberSnapshot) => ReadableMember,
): Buffer {
  const { members } = snapshot;
  return encodeConsumerGroup({
    groupId: snapshot.groupId,
    state: members.length === 0 ? 'empty' : 'stable',
    protocolType: snapshot.protocolType ?? '',
    protocol: snapshot.protocolName ?? '',
    leader: snapshot.leaderId ?? '',
    generationId: snapshot.generationId,
    members: Object.fromEntries(members.map((member) => [member.id, memberOf(member)])),
    rebalanceTimeoutMs: members.reduce((longest, member) => Math.max(longest, member.rebalanceTimeoutMs), 0),
    stateChangedAt: new Date(snapshot.changedAt).toISOString(),
    memberStates,
  });
}

function terseMember(member: MemberSnapshot, now: Date): ReadableMember {
  const { clientId, clientHost, sessionTimeoutMs } = member;
  // Heartbeats are not written: this is when the generation was.
  return { clientId, clientHost, sessionTimeoutMs, heartbeatAt: now.toISOString() };
}

function readableMember(snapshot: GroupSnapshot, member: MemberSnapshot, now: Date): ReadableMember {
  const terse = terseMember(member, now);
  if (snapshot.protocolType !== CONSUMER_PROTOCOL_TYPE) return terse;
  const protocol = member.protocols.find(({ name }) => name === snapshot.protocolName);
  const assignments = assignedPartitions(member.assignment) ?? [];
  return {
    ...terse,
    subscriptions: [...((protocol && subscribedTopics(protocol.metadata)) ?? [])],
    assignments: assignments.map(({ topic, partitions }) => ({ topic, partitions: [...partitions] })),
  };
}

function encodeMemberStates(members: readonly MemberSnapshot[]): Buffer {
  if (members.length === 0) return Buffer.alloc(0);
  const states = members.map((member) => ({
    memberId: member.id,
    groupInstanceId: member.instanceId,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    protocols: member.protocols.map(({ name, metadata }) => ({ name, metadata })),
    assignment: member.assignment,
  }));
  return zstdCompressSync(MemberStates.encode({ members: states }).finish());
}

function decodeMemberStates(bytes: Uint8Array, key: string) {
  if (bytes.length === 0) return [];
  try {
    return MemberStates.decode(zstdDecompressSync(bytes, { maxOutputLength: MAX_MEMBER_STATES_BYTES })).members;
  } catch (error) {
    throw new MetadataFormatError(`${key} holds member states that cannot be read: ${String(error)}`, { cause: error });
  }
}

function emptyToNull(text: string): string | null {
  return text === '' ? null : text;
}
