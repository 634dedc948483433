import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesOf } from '../cache.mjs';
import { goBuild } from '../go.mjs';
import { pythonWith } from '../pip.mjs';
import { run } from '../run.mjs';

const examples = fileURLToPath(new URL('../../../examples/', import.meta.url));

/** What people leave in the tree when they try an example. */
const BUILT = ['node_modules', '.venv', '__pycache__'];

function example(name, toolchain, install) {
  const source = join(examples, name);
  return {
    name: `example-${name}`,
    version: '1',
    toolchain,
    get inputs() {
      return [new URL(import.meta.url), ...filesOf(source, BUILT)];
    },
    install: (directory) => install(source, directory),
  };
}

/** `bin/producer` and `bin/consumer`, versions pinned in go.mod. */
const goExample = (name) => example(name, 'go', (source, directory) => goBuild(directory, source, './...'));

const python = example('python', 'python3', async (source, directory) => {
  const requirements = readFileSync(join(source, 'requirements.txt'), 'utf8');
  await pythonWith(directory, requirements.trim().split('\n'));
  cpSync(source, join(directory, 'example'), { recursive: true, filter: (path) => !isBuilt(source, path) });
});

const kafkajs = example('kafkajs', 'npm', async (source, directory) => {
  cpSync(source, directory, { recursive: true, filter: (path) => !isBuilt(source, path) });
  await run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: directory });
});

function isBuilt(source, path) {
  return BUILT.some((part) => path.startsWith(join(source, part)));
}

/** The examples that Maven doesn't build. */
export const otherExamples = [python, kafkajs, goExample('franz-go'), goExample('kafka-go')];
