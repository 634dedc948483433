import { java3, java4 } from '../../support/clients/programs.js';
import { describeClient } from './client-suite.js';

for (const client of [java3, java4]) {
  describeClient(client, {
    variants: [
      { name: 'idempotence off, acks 1', config: { 'enable.idempotence': 'false', acks: '1' } },
      { name: 'acks 0', config: { 'enable.idempotence': 'false', acks: '0' } },
      { name: 'batches that wait', config: { 'linger.ms': '20', 'batch.size': '100' } },
    ],
  });
}
