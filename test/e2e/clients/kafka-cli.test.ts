import { kafkaCli } from '../../support/clients/kafka-cli.js';
import { java4 } from '../../support/clients/programs.js';
import { describeClients } from './client-suite.js';

describeClients([
  {
    client: kafkaCli,
    variants: [{ name: 'idempotence off', config: { 'enable.idempotence': 'false' } }],
    spreadReader: java4,
  },
]);
