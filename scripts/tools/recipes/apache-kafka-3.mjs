import { join } from 'node:path';
import { mavenCopy } from '../maven.mjs';

/** The command-line tools of Apache Kafka's 3.x line as jars: `lib/`. */
export default {
  name: 'apache-kafka-3',
  version: '3.9.2',
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
