import type { BrokerConfigDefinition } from './broker-config-definition.js';

/** How groups of the consumer protocol (KIP-848) are coordinated, by Apache Kafka's names. */
export const CONSUMER_GROUP_DEFINITIONS: Readonly<Record<string, BrokerConfigDefinition>> = {
  'group.consumer.assignment.interval.ms': {
    kind: 'int',
    value: ({ groups }) => groups.consumer.assignmentIntervalMs,
    default: '1000',
    documentation: 'How long an assignment is kept at least: members who come together get one together.',
  },
  'group.consumer.assignors': {
    kind: 'list',
    value: () => 'uniform,range',
    default: 'uniform,range',
    documentation: 'The assignors that members may ask for; the first is that of groups whose members do not.',
  },
  'group.consumer.heartbeat.interval.ms': {
    kind: 'int',
    value: ({ groups }) => groups.consumer.heartbeatIntervalMs,
    default: '5000',
    documentation: 'How often members are to send heartbeats.',
  },
  'group.consumer.max.size': {
    kind: 'int',
    value: ({ groups }) => groups.consumer.maxGroupSize,
    default: '2147483647',
    documentation: 'Members that a group may have.',
  },
  'group.consumer.migration.policy': {
    kind: 'string',
    value: ({ groups }) => groups.consumer.migrationPolicy,
    default: 'bidirectional',
    documentation:
      'Whether a group with members changes its protocol: to the consumer protocol when a member of it comes (upgrade), ' +
      'back when the last one of it has gone (downgrade).',
  },
  'group.consumer.session.timeout.ms': {
    kind: 'int',
    value: ({ groups }) => groups.consumer.sessionTimeoutMs,
    default: '45000',
    documentation: 'How long a member may be silent before it is put out of its group.',
  },
};
