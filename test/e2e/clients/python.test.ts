import { aiokafka, confluent, kafkaPython } from '../../support/clients/programs.js';
import { describeClient } from './client-suite.js';

describeClient(confluent, {
  variants: [
    { name: 'idempotence', config: { 'enable.idempotence': 'true' } },
    { name: 'acks 1', config: { acks: '1' } },
    { name: 'acks 0', config: { acks: '0' } },
  ],
});

describeClient(kafkaPython);

describeClient(aiokafka);
