import { join } from 'node:path';
import { mavenCopy } from '../maven.mjs';

/** The Java client library: `lib/kafka-clients-<version>.jar` and what it needs. It carries the message definitions. */
export default {
  name: 'kafka-clients',
  version: '4.4.0',
  toolchain: 'maven',
  inputs: [new URL(import.meta.url)],
  async install(directory) {
    await mavenCopy(join(directory, 'lib'), [`org.apache.kafka:kafka-clients:${this.version}`]);
  },
};
