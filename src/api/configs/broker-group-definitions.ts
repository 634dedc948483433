import { ASSIGNMENT_INTERVAL_MS } from '../../groups/group-config.js';
import { EXPIRY_INTERVAL_MS, MAX_OFFSET_METADATA_LENGTH, WRITE_TIMEOUT_MS } from '../../groups/group-options.js';
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
  'group.consumer.max.assignment.interval.ms': {
    kind: 'int',
    value: () => ASSIGNMENT_INTERVAL_MS.max,
    default: String(ASSIGNMENT_INTERVAL_MS.max),
    documentation: 'The longest assignment interval that a single group may be given.',
  },
  'group.consumer.min.assignment.interval.ms': {
    kind: 'int',
    value: () => ASSIGNMENT_INTERVAL_MS.min,
    default: String(ASSIGNMENT_INTERVAL_MS.min),
    documentation: 'The shortest assignment interval that a single group may be given.',
  },
  'group.consumer.max.heartbeat.interval.ms': {
    kind: 'int',
    value: ({ groups }) => groups.consumer.maxHeartbeatIntervalMs,
    default: '15000',
    documentation: 'The longest heartbeat interval that a single group may be given.',
  },
  'group.consumer.min.heartbeat.interval.ms': {
    kind: 'int',
    value: ({ groups }) => groups.consumer.minHeartbeatIntervalMs,
    default: '5000',
    documentation: 'The shortest heartbeat interval that a single group may be given.',
  },
  'group.consumer.max.session.timeout.ms': {
    kind: 'int',
    value: ({ groups }) => groups.consumer.maxSessionTimeoutMs,
    default: '60000',
    documentation: 'The longest session timeout that a single group may be given.',
  },
  'group.consumer.min.session.timeout.ms': {
    kind: 'int',
    value: ({ groups }) => groups.consumer.minSessionTimeoutMs,
    default: '45000',
    documentation: 'The shortest session timeout that a single group may be given.',
  },
};

/** What holds for groups of both protocols, and for their offsets. */
export const GROUP_DEFINITIONS: Readonly<Record<string, BrokerConfigDefinition>> = {
  'offset.metadata.max.bytes': {
    kind: 'int',
    value: () => MAX_OFFSET_METADATA_LENGTH,
    default: String(MAX_OFFSET_METADATA_LENGTH),
    documentation: 'Characters that a client may attach to an offset.',
  },
  'offsets.commit.timeout.ms': {
    kind: 'int',
    value: () => WRITE_TIMEOUT_MS,
    default: String(WRITE_TIMEOUT_MS),
    documentation: 'How long a commit waits until it is durable.',
  },
  'offsets.retention.check.interval.ms': {
    kind: 'long',
    value: () => EXPIRY_INTERVAL_MS,
    default: String(EXPIRY_INTERVAL_MS),
    documentation: 'How often expired offsets are looked for.',
  },
  'offsets.retention.minutes': {
    kind: 'int',
    value: ({ groups }) => groups.offsetsRetentionMs / 60_000,
    default: '10080',
    documentation: 'How long offsets are kept after the last member has left; without members, after each commit.',
  },
  'group.initial.rebalance.delay.ms': {
    kind: 'int',
    value: ({ groups }) => groups.initialRebalanceDelayMs,
    default: '3000',
    documentation: 'How long the first members of a classic group wait for more.',
  },
  'group.max.session.timeout.ms': {
    kind: 'int',
    value: ({ groups }) => groups.maxSessionTimeoutMs,
    default: '1800000',
    documentation: 'The longest session timeout that a member of a classic group may ask for.',
  },
  'group.max.size': {
    kind: 'int',
    value: ({ groups }) => groups.maxGroupSize,
    default: '2147483647',
    documentation: 'Members that a classic group may have.',
  },
  'group.min.session.timeout.ms': {
    kind: 'int',
    value: ({ groups }) => groups.minSessionTimeoutMs,
    default: '6000',
    documentation: 'The shortest session timeout that a member of a classic group may ask for.',
  },
};
