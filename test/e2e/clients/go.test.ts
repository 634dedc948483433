import { franzGo, kafkaGo } from '../../support/clients/programs.js';
import { describeClients } from './client-suite.js';

describeClients([
  {
    client: franzGo,
    variants: [
      { name: 'idempotence off, acks 1', config: { 'enable.idempotence': 'false', acks: '1' } },
      { name: 'acks 0', config: { 'enable.idempotence': 'false', acks: '0' } },
    ],
  },
  {
    // Its Writer waits for no acknowledgement by default.
    client: kafkaGo,
    variants: [
      { name: 'acks 1', config: { acks: 'one' } },
      { name: 'acks all', config: { acks: 'all' } },
      { name: 'a topic that it may not create', config: { allowAutoTopicCreation: 'false' }, topicExists: true },
    ],
  },
]);
