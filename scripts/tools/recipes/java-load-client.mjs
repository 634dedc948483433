import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mavenCopy } from '../maven.mjs';
import { run } from '../run.mjs';

const source = new URL('../../../test/clients/java/LoadClient.java', import.meta.url);

/** The Java load program, with the newest client: `classes/` and `lib/`. */
export default {
  name: 'java-load-client',
  version: '4.4.0',
  toolchain: 'maven',
  inputs: [new URL(import.meta.url), source],
  async install(directory) {
    const lib = join(directory, 'lib');
    await mavenCopy(lib, [
      'org.apache.kafka:kafka-clients:4.4.0',
      'com.fasterxml.jackson.core:jackson-databind:2.21.2',
      'org.slf4j:slf4j-simple:1.7.36',
    ]);
    const target = ['--release', '17', '-Xlint:all', '-Werror', '-d', join(directory, 'classes')];
    await run('javac', [...target, '-cp', `${lib}/*`, fileURLToPath(source)]);
  },
};
