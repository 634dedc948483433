import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { run } from '../run.mjs';

const module = new URL('../../../test/promql/', import.meta.url);

/** Prometheus' own engine for its query language, its version pinned in go.mod: `bin/promql`. */
export default {
  name: 'promql',
  version: '0.316.0',
  toolchain: 'go',
  get inputs() {
    return [new URL(import.meta.url), ...['go.mod', 'go.sum', 'main.go'].map((file) => new URL(file, module))];
  },
  async install(directory) {
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -trimpath', GOTOOLCHAIN: 'local' };
    await run('go', ['build', '-o', join(directory, 'bin', 'promql'), '.'], { cwd: fileURLToPath(module), env });
  },
};
