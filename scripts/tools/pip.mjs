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
