import { kcat } from '../../support/clients/kcat.js';
import { kafkajs } from '../../support/clients/programs.js';
import { describeClients } from './client-suite.js';

describeClients([
  {
    client: kafkajs,
    variants: [
      { name: 'acks 1', config: { acks: '1' } },
      { name: 'acks 0', config: { acks: '0' } },
    ],
    reader: kcat,
  },
]);
