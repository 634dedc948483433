import { kafkaCli } from '../../support/clients/kafka-cli.js';
import { java4 } from '../../support/clients/programs.js';
import { describeClient } from './client-suite.js';

describeClient(kafkaCli, {
  variants: [{ name: 'idempotence off', config: { 'enable.idempotence': 'false' } }],
  spreadReader: java4,
});
