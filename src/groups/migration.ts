import { ErrorCode, KafkaError } from '../protocol/errors.js';
import type { GroupSnapshot } from './classic/group-snapshot.js';
import type { MemberProtocol } from './classic/messages.js';
import { NO_BYTES } from './classic/messages.js';
import type { ConsumerMember } from './consumer/member.js';
import { fromNamed, toNamed } from './consumer/named-partitions.js';
import { NO_PARTITIONS, overlap, union } from './consumer/partitions.js';
import type { ConsumerGroupSnapshot } from './consumer/snapshot.js';
import type { TopicsView } from './consumer/subscriptions.js';
import type { ConsumerGroupOptions, MigrationPolicy } from './group-options.js';
import { CONSUMER_PROTOCOL_TYPE, encodeAssignment, parseAssignment, parseSubscription } from './consumer-protocol.js';

function allowsUpgrade(policy: MigrationPolicy): boolean {
  return policy === 'bidirectional' || policy === 'upgrade';
}

export function allowsDowngrade(policy: MigrationPolicy): boolean {
  return policy === 'bidirectional' || policy === 'downgrade';
}

/**
 * A classic group as a group of the consumer protocol: all members have what they had, as members who still speak the
 * classic protocol. If they were in a rebalance, they are to join again.
 *
 * @throws KafkaError GROUP_ID_NOT_FOUND, as members of the consumer protocol are told, when it can't be one
 */
export function upgraded(
  group: GroupSnapshot,
  topics: TopicsView,
  { migrationPolicy, maxGroupSize }: Pick<ConsumerGroupOptions, 'migrationPolicy' | 'maxGroupSize'>,
): ConsumerGroupSnapshot {
  if (!allowsUpgrade(migrationPolicy)) throw refusal(group, 'online upgrade is disabled');
  if (group.members.length > maxGroupSize) {
    throw refusal(group, 'the group size exceeds the consumer group maximum size');
  }
  if (group.protocolType !== CONSUMER_PROTOCOL_TYPE) {
    throw refusal(group, 'the group does not use the consumer embedded protocol');
  }
  let taken = NO_PARTITIONS;
  const members = group.members.map((member) => {
    const metadata = metadataFor(member.protocols, group.protocolName);
    const subscription = parseSubscription(metadata);
    const assignment = parseAssignment(member.assignment);
    if (subscription === undefined || assignment === undefined) {
      throw refusal(group, 'the embedded consumer protocol is malformed');
    }
    if (assignment.hasUserData) throw refusal(group, 'an unsupported custom assignor is in use');
    const assigned = fromNamed(assignment.partitions, topics);
    if (overlap(taken, assigned)) throw refusal(group, 'its assignor gives a partition to several members');
    taken = union(taken, assigned);
    const upgradedMember: ConsumerMember = {
      id: member.id,
      instanceId: member.instanceId,
      rackId: subscription.rackId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      assignorName: null,
      subscription: { names: new Set(subscription.topics), pattern: '' },
      epoch: group.generationId,
      previousEpoch: group.generationId,
      state: 'stable',
      assigned,
      pendingRevocation: NO_PARTITIONS,
      classic: { sessionTimeoutMs: member.sessionTimeoutMs, protocols: member.protocols },
    };
    return { member: upgradedMember, target: assigned, epochOf: () => group.generationId };
  });
  return {
    groupId: group.groupId,
    groupEpoch: group.generationId,
    targetEpoch: group.generationId,
    changedAt: group.changedAt,
    // Of no topics, so that they are looked at.
    fingerprint: '',
    assignorName: '',
    members,
  };
}

/**
 * A group of the consumer protocol in which all members speak the classic one as a classic group. They have what they
 * were to have, until they have joined again.
 */
export function downgraded(group: ConsumerGroupSnapshot, topics: TopicsView): GroupSnapshot {
  const protocolsOf = ({ classic }: ConsumerMember) => classic?.protocols ?? [];
  const all = group.members.map(({ member }) => protocolsOf(member));
  const isCommon = (name: string) => all.every((protocols) => protocols.some((protocol) => protocol.name === name));
  const protocolName = all[0]?.find(({ name }) => isCommon(name))?.name ?? null;
  return {
    groupId: group.groupId,
    generationId: group.groupEpoch,
    protocolType: CONSUMER_PROTOCOL_TYPE,
    protocolName,
    leaderId: group.members[0]?.member.id ?? null,
    changedAt: group.changedAt,
    members: group.members.map(({ member, target }) => ({
      id: member.id,
      instanceId: member.instanceId,
      clientId: member.clientId,
      clientHost: member.clientHost,
      sessionTimeoutMs: member.classic?.sessionTimeoutMs ?? 0,
      rebalanceTimeoutMs: member.rebalanceTimeoutMs,
      protocols: protocolsOf(member),
      assignment: encodeAssignment(toNamed(target, topics), metadataFor(protocolsOf(member), protocolName)),
    })),
  };
}

function metadataFor(protocols: readonly MemberProtocol[], name: string | null): Buffer {
  const protocol = protocols.find((each) => each.name === name) ?? protocols[0];
  return protocol?.metadata ?? NO_BYTES;
}

function refusal({ groupId }: GroupSnapshot, why: string): KafkaError {
  const message = `Cannot upgrade classic group ${groupId} to consumer group because ${why}.`;
  return new KafkaError(ErrorCode.GROUP_ID_NOT_FOUND, message);
}
