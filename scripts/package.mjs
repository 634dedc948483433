/**
 * Builds the broker and puts what it needs to run, and nothing else, into a folder: the steps of the Dockerfile.
 *
 *   node scripts/package.mjs <folder>
 *
 * The folder holds the built program, the packages that it uses and the licences. Node is not in it: the image, or
 * whoever runs the folder, brings that.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensureBuilt, ensureInstalled, root, run } from './support/project.mjs';

const CONTENTS = ['dist', 'bin', 'proto', 'package.json', 'package-lock.json', '.npmrc', 'LICENSE', 'NOTICE'];

const [target] = process.argv.slice(2);
if (target === undefined) {
  console.error('usage: node scripts/package.mjs <folder>');
  process.exit(2);
}
const folder = resolve(target);
if (existsSync(folder) && readdirSync(folder).length > 0) {
  console.error(`${folder} is not empty`);
  process.exit(2);
}

await ensureInstalled();
await ensureBuilt();
mkdirSync(folder, { recursive: true });
for (const name of CONTENTS) cpSync(join(root, name), join(folder, name), { recursive: true });
// Without the development packages, but with the optional ones: native checksums and codecs are among these.
await run('npm', ['ci', '--omit=dev', '--no-progress', '--loglevel=error'], { cwd: folder });
for (const platform of ['x64', 'arm64']) {
  rmSync(join(folder, 'node_modules', `node-linux-${platform}`), { recursive: true, force: true });
}
rmSync(join(folder, 'node_modules', '.bin', 'node'), { force: true });
