import { kcat } from '../../support/clients/kcat.js';
import { describeClients } from './client-suite.js';

describeClients([{ client: kcat, variants: [{ name: 'acks 1', config: { acks: '1' } }] }]);
