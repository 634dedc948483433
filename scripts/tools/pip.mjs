import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run.mjs';

/**
 * Installs exact packages with all they depend on into a plain folder, which may be moved afterwards (a virtual
 * environment may not).
 *
 * @param {string} directory
 * @param {readonly string[]} packages `name==version`
 */
export async function pipInstall(directory, packages) {
  await run('python3', [
    ...['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-input', '--only-binary', ':all:'],
    ...['--target', directory, ...packages],
  ]);
}

/**
 * As {@link pipInstall}, into `packages`, with an interpreter beside it that sees them: `bin/python`.
 *
 * @param {string} directory
 * @param {readonly string[]} packages `name==version`
 */
export async function pythonWith(directory, packages) {
  await pipInstall(join(directory, 'packages'), packages);
  const wrapper = join(directory, 'bin');
  mkdirSync(wrapper);
  // The very interpreter that pip installed for: compiled modules fit no other.
  const python = (await run('python3', ['-c', 'import sys; print(sys.executable)'])).trim();
  const script = `#!/bin/sh\nPYTHONPATH="$(dirname "$0")/../packages" exec "${python}" "$@"\n`;
  writeFileSync(join(wrapper, 'python'), script);
  chmodSync(join(wrapper, 'python'), 0o755);
}
