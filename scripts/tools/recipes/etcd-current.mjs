import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { run } from '../run.mjs';

const module = new URL('../etcd/', import.meta.url);

/**
 * A current etcd server, `bin/etcd`, for tests that kill it: 3.5.0 to 3.5.2, and so the packaged one, may lose data then.
 * There is no package of it, so it is built; versions are pinned in its go.mod.
 */
export default {
  name: 'etcd-current',
  version: '3.7.3',
  toolchain: 'go',
  inputs: [new URL(import.meta.url), new URL('go.mod', module), new URL('go.sum', module)],
  async install(directory) {
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -trimpath', GOTOOLCHAIN: 'local' };
    const args = ['build', '-ldflags=-s -w', '-o', join(directory, 'bin', 'etcd'), 'go.etcd.io/etcd/server/v3'];
    await run('go', args, { cwd: fileURLToPath(module), env });
  },
};
