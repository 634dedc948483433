import { javaMember3, javaMember4 } from '../../support/clients/group-member.js';
import { describeMembers } from './member-suite.js';

const assignor = (name: string) => `org.apache.kafka.clients.consumer.${name}`;
/** The default of 45 s is long to wait for a member that died. */
const sessions = { 'session.timeout.ms': '10000', 'heartbeat.interval.ms': '1000' };

const variants = [
  { name: 'default assignors', config: sessions },
  { name: 'range', config: { ...sessions, 'partition.assignment.strategy': assignor('RangeAssignor') } },
  { name: 'sticky', config: { ...sessions, 'partition.assignment.strategy': assignor('StickyAssignor') } },
  {
    name: 'cooperative sticky',
    config: { ...sessions, 'partition.assignment.strategy': assignor('CooperativeStickyAssignor') },
  },
];

describeMembers(javaMember3, variants.slice(0, 1));
describeMembers(javaMember4, variants);
