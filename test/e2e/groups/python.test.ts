import { aiokafkaMember, kafkaPythonMember } from '../../support/clients/group-member.js';
import { describeMembers } from './member-suite.js';

describeMembers(aiokafkaMember);
// The default of 45 s is long to wait for a member that died.
describeMembers(kafkaPythonMember, [{ name: 'short sessions', config: { session_timeout_ms: 6_000 } }]);
