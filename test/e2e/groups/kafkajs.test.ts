import { kafkajsMember } from '../../support/clients/group-member.js';
import { describeMembers } from './member-suite.js';

describeMembers(kafkajsMember, [{ name: 'short sessions', config: { sessionTimeout: 10_000 } }]);
