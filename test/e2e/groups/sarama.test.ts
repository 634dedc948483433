import { saramaMember } from '../../support/clients/group-member.js';
import { describeMembers } from './member-suite.js';

describeMembers(saramaMember);
