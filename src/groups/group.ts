import type { ClassicGroup } from './classic/classic-group.js';
import { CONSUMER_PROTOCOL_TYPE, subscribedTopics } from './consumer-protocol.js';
import { GroupOffsets } from './group-offsets.js';

/** A group: who is in it, and how far it has come. */
export class Group {
  readonly offsets = new GroupOffsets();
  /** Its deletion is under way. */
  isBeingDeleted = false;

  constructor(readonly classic: ClassicGroup) {}

  get id(): string {
    return this.classic.id;
  }

  get isConsumerGroup(): boolean {
    return this.classic.protocolType === CONSUMER_PROTOCOL_TYPE;
  }

  /** The topics that members consume; undefined when that is not known. */
  subscriptions(): ReadonlySet<string> | undefined {
    const topics = new Set<string>();
    for (const member of this.classic.members) {
      const subscribed = subscribedTopics(member.metadataFor(this.classic.protocolName));
      if (subscribed === undefined) return undefined;
      for (const topic of subscribed) topics.add(topic);
    }
    return topics;
  }
}
