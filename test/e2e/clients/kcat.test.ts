import { kcat } from '../../support/clients/kcat.js';
import { describeClient } from './client-suite.js';

describeClient(kcat, { variants: [{ name: 'acks 1', config: { acks: '1' } }] });
