import { franzGo, kafkaGo } from '../../support/clients/programs.js';
import { describeClient } from './client-suite.js';

describeClient(franzGo, {
  variants: [
    { name: 'idempotence off, acks 1', config: { 'enable.idempotence': 'false', acks: '1' } },
    { name: 'acks 0', config: { 'enable.idempotence': 'false', acks: '0' } },
  ],
});

// Its Writer waits for no acknowledgement by default.
describeClient(kafkaGo, {
  variants: [
    { name: 'acks 1', config: { acks: 'one' } },
    { name: 'acks all', config: { acks: 'all' } },
  ],
});
