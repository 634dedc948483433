import { join } from 'node:path';
import { mavenCopy } from '../maven.mjs';

/** Apache Kafka's broker and command-line tools as jars: `lib/`. The newest version with all of its artifacts published. */
export default {
  name: 'apache-kafka',
  version: '4.3.1',
  toolchain: 'maven',
  inputs: [new URL(import.meta.url)],
  async install(directory) {
    await mavenCopy(join(directory, 'lib'), [
      `org.apache.kafka:kafka_2.13:${this.version}`,
      `org.apache.kafka:kafka-tools:${this.version}`,
      'org.slf4j:slf4j-simple:1.7.36',
    ]);
  },
};
