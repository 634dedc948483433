import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesOf } from '../cache.mjs';
import { run } from '../run.mjs';

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));

/** A project in `examples`, built by its own pom.xml: what it leaves in `target`, its jar and `lib/` among that. */
function mavenExample(name) {
  const source = join(examples, name);
  return {
    name: `example-${name}`,
    version: '1',
    toolchain: 'maven',
    get inputs() {
      return [new URL(import.meta.url), ...filesOf(source, ['target'])];
    },
    async install(directory) {
      const copy = mkdtempSync(join(tmpdir(), 'kafscale-example-'));
      try {
        // Elsewhere: what a person has built in the tree stays as it is.
        cpSync(source, copy, { recursive: true, filter: (path) => !isBuilt(source, path) });
        await run('mvn', ['--quiet', '--batch-mode', 'package'], { cwd: copy });
        const target = join(copy, 'target');
        for (const file of readdirSync(target)) {
          if (file === 'lib' || file.endsWith('.jar'))
            cpSync(join(target, file), join(directory, file), { recursive: true });
        }
      } finally {
        rmSync(copy, { recursive: true, force: true });
      }
    },
  };
}

function isBuilt(source, path) {
  return path.startsWith(join(source, 'target'));
}

/** The examples that Maven builds. */
export const mavenExamples = [
  'java',
  'spring-boot',
  'kafka-streams',
  'flink',
  'spark',
  'kafka-connect',
  'mirror-maker',
].map(mavenExample);
