import { aiokafka, confluent, kafkaPython } from '../../support/clients/programs.js';
import { describeClients } from './client-suite.js';

describeClients([
  {
    client: confluent,
    variants: [
      { name: 'idempotence', config: { 'enable.idempotence': 'true' } },
      { name: 'acks 1', config: { acks: '1' } },
      { name: 'acks 0', config: { acks: '0' } },
    ],
  },
  { client: kafkaPython },
  { client: aiokafka },
]);
