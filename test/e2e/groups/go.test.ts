import { franzGoMember, kafkaGoMember } from '../../support/clients/group-member.js';
import { describeMembers } from './member-suite.js';

// Their sessions last 45 s and 30 s: a member that died is missed for so long.
describeMembers(franzGoMember);
describeMembers(kafkaGoMember);
