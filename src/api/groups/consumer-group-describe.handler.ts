/*
 * ConsumerGroupDescribe: state, epochs and members of groups of the consumer protocol (KIP-848), each group with its own
 * result.
 *
 * - A group that isn't there, or is a classic one: GROUP_ID_NOT_FOUND.
 * - From v1 it tells members of the classic protocol from the others (KIP-1099).
 */
import type { ConsumerGroup } from '../../groups/consumer/consumer-group.js';
import type { ConsumerMember } from '../../groups/consumer/member.js';
import { toNamed } from '../../groups/consumer/named-partitions.js';
import type { Partitions } from '../../groups/consumer/partitions.js';
import type { GroupCoordinator } from '../../groups/group-coordinator.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { ZERO_UUID, type RequestOf, type ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { ConsumerGroupDescribe } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';
import { GROUP_OPERATIONS } from '../authorized-operations.js';

type Request = RequestOf<typeof ConsumerGroupDescribe>;
type Response = ResponseInput<typeof ConsumerGroupDescribe>;
type DescribedGroup = Response['groups'][number];

const CLASSIC_MEMBER = 0;
const CONSUMER_MEMBER = 1;

@KafkaApi(ConsumerGroupDescribe)
export class ConsumerGroupDescribeHandler implements KafkaApiHandler<typeof ConsumerGroupDescribe> {
  constructor(
    private readonly coordinator: GroupCoordinator,
    private readonly catalogue: TopicCatalogue,
  ) {}

  handle({ groupIds, includeAuthorizedOperations }: Request): Response {
    const operations = includeAuthorizedOperations ? { authorizedOperations: GROUP_OPERATIONS } : {};
    return { groups: groupIds.map((groupId) => ({ ...this.describe(groupId), ...operations })) };
  }

  errorResponse({ groupIds }: Request, code: ErrorCode, message: string): Response {
    return { groups: groupIds.map((groupId) => failure(groupId, code, message)) };
  }

  private describe(groupId: string): DescribedGroup {
    try {
      const group = this.coordinator.requireConsumer(groupId);
      return {
        errorCode: ErrorCode.NONE,
        groupId,
        groupState: group.state,
        groupEpoch: group.groupEpoch,
        assignmentEpoch: group.targetEpoch,
        assignorName: group.assignorName,
        members: group.members.map((member) => this.describeMember(group, member)),
      };
    } catch (error) {
      if (error instanceof KafkaError) return failure(groupId, error.code, error.message);
      throw error;
    }
  }

  private describeMember(group: ConsumerGroup, member: ConsumerMember): DescribedGroup['members'][number] {
    return {
      memberId: member.id,
      instanceId: member.instanceId,
      rackId: member.rackId,
      memberEpoch: member.epoch,
      clientId: member.clientId,
      clientHost: member.clientHost,
      subscribedTopicNames: [...member.subscription.names],
      subscribedTopicRegex: member.subscription.pattern || null,
      assignment: this.describePartitions(member.assigned),
      targetAssignment: this.describePartitions(group.targetOf(member.id)),
      memberType: member.classic === null ? CONSUMER_MEMBER : CLASSIC_MEMBER,
    };
  }

  private describePartitions(partitions: Partitions) {
    const topicPartitions = toNamed(partitions, this.catalogue).map(({ topic, partitions: numbers }) => ({
      topicId: this.catalogue.get(topic)?.id ?? ZERO_UUID,
      topicName: topic,
      partitions: numbers,
    }));
    return { topicPartitions };
  }
}

function failure(groupId: string, errorCode: ErrorCode, errorMessage: string): DescribedGroup {
  return {
    errorCode,
    errorMessage,
    groupId,
    groupState: '',
    groupEpoch: 0,
    assignmentEpoch: 0,
    assignorName: '',
    members: [],
  };
}
