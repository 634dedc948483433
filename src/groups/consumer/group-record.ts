import { kafscale } from '../../generated/metadata.js';
import { MetadataFormatError } from '../../metadata/metadata-store.js';
import { encodeConsumerGroup, type ConsumerGroup } from '../../metadata/records.js';
import { uuidBytes, uuidOf } from '../../metadata/uuid.js';
import { CONSUMER_PROTOCOL_TYPE } from '../consumer-protocol.js';
import { compress, decompress, ofBearableSize, timeOf } from '../record-format.js';
import type { ConsumerMember, Reconciliation } from './member.js';
import { listPartitions, partitionsOf, type Partitions } from './partitions.js';
import type { ConsumerGroupSnapshot, MemberSnapshot } from './snapshot.js';

const { ConsumerMemberStates } = kafscale.metadata;

type State = kafscale.metadata.ConsumerMemberState.$Properties;
type ReadableMember = kafscale.metadata.GroupMember.$Properties;
type StoredPartitions = kafscale.metadata.MemberPartitions.$Properties;

/** What `group_type` says in the record of a group of the consumer protocol. */
export const CONSUMER_GROUP_TYPE = 'consumer';

/**
 * The record of a group of the consumer protocol. As in that of a classic group, all that the coordinator needs is
 * compressed, beside a form that other programs read.
 *
 * @param topicName of a topic by its id; undefined for one that is gone
 * @throws KafkaError UNKNOWN_SERVER_ERROR when the record is too large
 */
export function encodeConsumerGroupRecord(
  snapshot: ConsumerGroupSnapshot,
  now: Date,
  topicName: (id: string) => string | undefined,
): Buffer {
  const { members, targetEpoch, fingerprint } = snapshot;
  const states = { members: members.map(stateOf), targetEpoch, fingerprint };
  const memberStates = compress(ConsumerMemberStates.encode(states).finish());
  const encode = (memberOf: (member: ConsumerMember) => ReadableMember) =>
    encodeConsumerGroup({
      groupId: snapshot.groupId,
      groupType: CONSUMER_GROUP_TYPE,
      state: stateName(snapshot),
      protocolType: CONSUMER_PROTOCOL_TYPE,
      protocol: snapshot.assignorName,
      leader: '',
      generationId: snapshot.groupEpoch,
      members: Object.fromEntries(members.map(({ member }) => [member.id, memberOf(member)])),
      rebalanceTimeoutMs: members.reduce((longest, { member }) => Math.max(longest, member.rebalanceTimeoutMs), 0),
      stateChangedAt: new Date(snapshot.changedAt).toISOString(),
      memberStates,
    });
  const terse = ({ clientId, clientHost }: ConsumerMember) => ({
    clientId,
    clientHost,
    // Heartbeats are not written: this is when the state was.
    heartbeatAt: now.toISOString(),
  });
  return ofBearableSize(
    snapshot.groupId,
    () => encode((member) => ({ ...terse(member), ...readable(member, topicName) })),
    () => encode(terse),
  );
}

/** @throws MetadataFormatError */
export function consumerGroupOfRecord(record: ConsumerGroup, key: string, groupId: string): ConsumerGroupSnapshot {
  const states = decompress(record.memberStates, key, (plain) => ConsumerMemberStates.decode(plain));
  const clients = new Map(Object.entries(record.members));
  return {
    groupId,
    groupEpoch: record.generationId,
    targetEpoch: states.targetEpoch,
    changedAt: timeOf(record.stateChangedAt, key),
    fingerprint: states.fingerprint,
    assignorName: record.protocol,
    members: states.members.map((state) => memberOf(state, clients.get(state.memberId ?? '') ?? {}, key)),
  };
}

function stateOf({ member, target, epochOf }: MemberSnapshot): State {
  return {
    memberId: member.id,
    groupInstanceId: member.instanceId,
    rackId: member.rackId,
    rebalanceTimeoutMs: member.rebalanceTimeoutMs,
    assignor: member.assignorName,
    subscribedTopics: [...member.subscription.names],
    subscribedPattern: member.subscription.pattern,
    epoch: member.epoch,
    previousEpoch: member.previousEpoch,
    state: member.state,
    assigned: stored(member.assigned, epochOf),
    pendingRevocation: stored(member.pendingRevocation, epochOf),
    target: stored(target),
    ...(member.classic !== null && {
      classic: {
        sessionTimeoutMs: member.classic.sessionTimeoutMs,
        protocols: member.classic.protocols.map(({ name, metadata }) => ({ name, metadata })),
      },
    }),
  };
}

function memberOf(state: State, { clientId, clientHost }: ReadableMember, key: string): MemberSnapshot {
  const { classic } = state;
  const held = [...(state.assigned ?? []), ...(state.pendingRevocation ?? [])];
  const epochs = new Map(
    held.flatMap(({ topicId, partitions, epochs: at }) =>
      (partitions ?? []).map((partition, index) => [`${idOf(topicId, key)}/${partition}`, at?.[index] ?? 0] as const),
    ),
  );
  const member: ConsumerMember = {
    id: state.memberId ?? '',
    instanceId: state.groupInstanceId ?? null,
    rackId: state.rackId ?? null,
    clientId: clientId ?? '',
    clientHost: clientHost ?? '',
    rebalanceTimeoutMs: state.rebalanceTimeoutMs ?? 0,
    assignorName: state.assignor ?? null,
    subscription: { names: new Set(state.subscribedTopics ?? []), pattern: state.subscribedPattern ?? '' },
    epoch: state.epoch ?? 0,
    previousEpoch: state.previousEpoch ?? 0,
    state: reconciliationOf(state.state ?? '', key),
    assigned: restored(state.assigned, key),
    pendingRevocation: restored(state.pendingRevocation, key),
    classic: classic == null ? null : classicOf(classic),
  };
  const epochOf = (topicId: string, partition: number) => epochs.get(`${topicId}/${partition}`) ?? 0;
  return { member, target: restored(state.target, key), epochOf };
}

function classicOf({ sessionTimeoutMs, protocols }: kafscale.metadata.ClassicMember.$Properties) {
  return {
    sessionTimeoutMs: sessionTimeoutMs ?? 0,
    protocols: (protocols ?? []).map(({ name, metadata }) => ({
      name: name ?? '',
      metadata: Buffer.from(metadata ?? []),
    })),
  };
}

function stored(partitions: Partitions, epochOf?: MemberSnapshot['epochOf']): StoredPartitions[] {
  return listPartitions(partitions).map(({ topicId, partitions: numbers }) => ({
    topicId: uuidBytes(topicId),
    partitions: [...numbers],
    epochs: epochOf === undefined ? [] : numbers.map((partition) => epochOf(topicId, partition)),
  }));
}

function restored(partitions: readonly StoredPartitions[] | null | undefined, key: string): Partitions {
  return partitionsOf(
    (partitions ?? []).map(({ topicId, partitions: numbers }) => ({
      topicId: idOf(topicId, key),
      partitions: numbers ?? [],
    })),
  );
}

function idOf(bytes: Uint8Array | null | undefined, key: string): string {
  const id = uuidOf(bytes ?? new Uint8Array());
  if (id === undefined) throw new MetadataFormatError(`${key} holds partitions of a topic without an id`);
  return id;
}

function reconciliationOf(text: string, key: string): Reconciliation {
  if (text === 'stable' || text === 'unrevoked' || text === 'unreleased') return text;
  throw new MetadataFormatError(`${key} holds a member in the state "${text}", which this version does not know`);
}

/** In the words that such records have had from the beginning. */
function stateName({ members, groupEpoch, targetEpoch }: ConsumerGroupSnapshot): string {
  if (members.length === 0) return 'empty';
  if (groupEpoch > targetEpoch) return 'preparing_rebalance';
  const isStable = members.every(({ member }) => member.state === 'stable' && member.epoch === targetEpoch);
  return isStable ? 'stable' : 'completing_rebalance';
}

function readable(member: ConsumerMember, topicName: (id: string) => string | undefined): ReadableMember {
  return {
    subscriptions: [...member.subscription.names],
    assignments: listPartitions(member.assigned).flatMap(({ topicId, partitions }) => {
      const topic = topicName(topicId);
      return topic === undefined ? [] : [{ topic, partitions: [...partitions] }];
    }),
    ...(member.classic !== null && { sessionTimeoutMs: member.classic.sessionTimeoutMs }),
  };
}
