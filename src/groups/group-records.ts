import { kafscale } from '../generated/metadata.js';
import { encodeConsumerGroup, type ConsumerGroup } from '../metadata/records.js';
import { assignedPartitions, CONSUMER_PROTOCOL_TYPE, subscribedTopics } from './consumer-protocol.js';
import type { GroupSnapshot, MemberSnapshot } from './classic/group-snapshot.js';
import { compress, decompress, ofBearableSize, timeOf } from './record-format.js';

const { MemberStates } = kafscale.metadata;

/**
 * The record of a group. What the coordinator needs of the members is compressed: subscriptions repeat each other. The
 * readable form beside it is for other programs, and left out where it would make the record too large.
 *
 * @throws KafkaError UNKNOWN_SERVER_ERROR when the record is too large even so
 */
export function encodeGroup(snapshot: GroupSnapshot, now: Date): Buffer {
  const memberStates = encodeMemberStates(snapshot.members);
  return ofBearableSize(
    snapshot.groupId,
    () => encode(snapshot, memberStates, (member) => readableMember(snapshot, member, now)),
    () => encode(snapshot, memberStates, (member) => terseMember(member, now)),
  );
}

/** @throws MetadataFormatError */
export function groupOfRecord(record: ConsumerGroup, key: string, groupId: string): GroupSnapshot {
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
  return compress(MemberStates.encode({ members: states }).finish());
}

function decodeMemberStates(bytes: Uint8Array, key: string) {
  return bytes.length === 0 ? [] : decompress(bytes, key, (plain) => MemberStates.decode(plain)).members;
}

function emptyToNull(text: string): string | null {
  return text === '' ? null : text;
}
