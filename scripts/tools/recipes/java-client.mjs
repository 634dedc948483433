import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mavenCopy } from '../maven.mjs';
import { run } from '../run.mjs';

const sources = ['ClientScenario.java', 'GroupMember.java'].map(
  (file) => new URL(`../../../test/clients/java/${file}`, import.meta.url),
);

/** The Java test clients compiled against one version of kafka-clients: `classes/` and `lib/`. */
function javaClient(name, version) {
  return {
    name,
    version,
    toolchain: 'maven',
    inputs: [new URL(import.meta.url), ...sources],
    async install(directory) {
      const lib = join(directory, 'lib');
      await mavenCopy(lib, [
        `org.apache.kafka:kafka-clients:${version}`,
        'com.fasterxml.jackson.core:jackson-databind:2.21.2',
        'org.slf4j:slf4j-simple:1.7.36',
      ]);
      const target = ['--release', '17', '-Xlint:all', '-Werror', '-d', join(directory, 'classes')];
      await run('javac', [...target, '-cp', `${lib}/*`, ...sources.map((source) => fileURLToPath(source))]);
    },
  };
}

/** The newest client of the 3.x line: no topic ids in Produce, older versions of most requests. */
export const javaClient3 = javaClient('java-client-3', '3.9.2');

/** The newest client of all. */
export const javaClient4 = javaClient('java-client-4', '4.4.0');
