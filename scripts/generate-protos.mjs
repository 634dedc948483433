/**
 * Generates src/generated/<name>.{js,d.ts} from proto/<name>.proto.
 *
 * The control services are not here: Nest's gRPC transport loads proto/control.proto at run time.
 */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const NAMES = ['metadata', 'storage'];
const root = join(import.meta.dirname, '..');
const cli = dirname(createRequire(import.meta.url).resolve('protobufjs-cli/package.json'));
const output = join(root, 'src', 'generated');

const run = (tool, args) =>
  execFileSync(process.execPath, [join(cli, 'bin', tool), ...args], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });

mkdirSync(output, { recursive: true });
for (const name of NAMES) {
  const code = join(output, `${name}.js`);
  const types = join(output, `${name}.d.ts`);
  const compile = (...options) =>
    run('pbjs', [
      ...['--target', 'static-module', '--wrap', 'esm', '--root', name, '--dependency', '../protobuf/runtime.js'],
      ...['--force-number', '--no-verify', '--no-convert', '--no-delimited', '--no-typeurl', '--no-service'],
      ...options,
      ...['--out', code, `proto/${name}.proto`],
    ]);
  // The typings are made from the comments, which nobody needs afterwards.
  compile();
  run('pbts', ['--out', types, code]);
  compile('--no-comments');
  // The typings import Long although --force-number leaves it unused.
  writeFileSync(types, readFileSync(types, 'utf8').replace('import Long = require("long");\n', ''));
}
