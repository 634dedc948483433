import { subscribersByTopic, type Assignor } from './assignor.js';
import { assignAlike } from './uniform-alike.js';
import { assignMixed } from './uniform-mixed.js';

/**
 * Gives all members as many partitions as each other, as far as their subscriptions allow, and moves as few partitions as
 * it can from where they were.
 */
export const uniformAssignor: Assignor = {
  name: 'uniform',
  assign(members, partitionCount) {
    const subscribers = subscribersByTopic(members);
    const areAlike = [...subscribers.values()].every(({ length }) => length === members.length);
    return areAlike
      ? assignAlike(members, [...subscribers.keys()], partitionCount)
      : assignMixed(members, subscribers, partitionCount);
  },
};
