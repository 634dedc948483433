import { join } from 'node:path';
import { run } from './run.mjs';

/**
 * Builds programs of a module with exactly the versions that its go.mod names, into `bin`.
 *
 * @param {string} directory where `bin` is to be
 * @param {string} module folder of the module
 * @param {string} programs as `go build` takes them: `./cmd/...`
 */
export async function goBuild(directory, module, programs) {
  const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -trimpath', GOTOOLCHAIN: 'local' };
  await run('go', ['build', '-o', join(directory, 'bin') + '/', programs], { cwd: module, env });
}
