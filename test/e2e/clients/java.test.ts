import { java3, java4 } from '../../support/clients/programs.js';
import { describeClients } from './client-suite.js';

const variants = [
  { name: 'idempotence off, acks 1', config: { 'enable.idempotence': 'false', acks: '1' } },
  { name: 'acks 0', config: { 'enable.idempotence': 'false', acks: '0' } },
  { name: 'batches that wait', config: { 'linger.ms': '20', 'batch.size': '100' } },
];

describeClients([
  { client: java3, variants },
  { client: java4, variants },
]);
