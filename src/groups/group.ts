import type { Operation } from '../metadata/metadata-store.js';
import type { ClassicGroup } from './classic/classic-group.js';
import type { ClassicProtocol } from './classic/messages.js';
import type { ConsumerGroup } from './consumer/consumer-group.js';
import { CONSUMER_PROTOCOL_TYPE, subscribedTopics } from './consumer-protocol.js';
import { GroupOffsets } from './group-offsets.js';
import type { WriteSettled } from './write-queue.js';

/** Who is in a group, by one of the two protocols. */
export type Membership = ClassicGroup | ConsumerGroup;

/** Writes what belongs to groups, for as long as this broker coordinates them. */
export interface GroupWrites {
  /** @param settled told NOT_COORDINATOR when this broker coordinates them no more; else as {@link GroupWriter.begin} */
  begin(operation: Operation, settled: WriteSettled): void;
  /** Resolves when an operation has been carried out. @throws KafkaError what {@link begin} tells */
  write(operation: Operation): Promise<void>;
}

/** A group: who is in it, and how far it has come. */
export class Group {
  readonly offsets = new GroupOffsets();
  /** Its deletion is under way. */
  isBeingDeleted = false;

  /** @param membership changes its type when members of the other protocol come */
  constructor(
    public membership: Membership,
    readonly writes: GroupWrites,
  ) {}

  get id(): string {
    return this.membership.id;
  }

  /** Takes what members who speak the classic protocol ask. */
  get classicProtocol(): ClassicProtocol {
    return this.membership.type === 'classic' ? this.membership : this.membership.classicMembers;
  }

  /** Undefined when the group has another protocol. */
  get classic(): ClassicGroup | undefined {
    return this.membership.type === 'classic' ? this.membership : undefined;
  }

  /** Undefined when the group has another protocol. */
  get consumer(): ConsumerGroup | undefined {
    return this.membership.type === 'consumer' ? this.membership : undefined;
  }

  get isConsumerGroup(): boolean {
    return this.membership.protocolType === CONSUMER_PROTOCOL_TYPE;
  }

  /** The topics that members consume; undefined when that is not known. */
  subscriptions(): ReadonlySet<string> | undefined {
    return this.membership.type === 'consumer'
      ? this.membership.subscribedTopicNames()
      : subscriptionsOf(this.membership);
  }
}

function subscriptionsOf(group: ClassicGroup): ReadonlySet<string> | undefined {
  const topics = new Set<string>();
  for (const member of group.members) {
    const subscribed = subscribedTopics(member.metadataFor(group.protocolName));
    if (subscribed === undefined) return undefined;
    for (const topic of subscribed) topics.add(topic);
  }
  return topics;
}
