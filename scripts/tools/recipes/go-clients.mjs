import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { run } from '../run.mjs';

const module = new URL('../../../test/clients/go/', import.meta.url);

/** The Go test clients, versions pinned in their go.mod: `bin/franz-go`, `bin/kafka-go` and others. */
export default {
  name: 'go-clients',
  version: '2',
  toolchain: 'go',
  get inputs() {
    const files = readdirSync(module, { recursive: true }).filter((file) => /\.(go|mod|sum)$/.test(file));
    return [new URL(import.meta.url), ...files.sort().map((file) => new URL(file, module))];
  },
  async install(directory) {
    const env = { ...process.env, CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -trimpath', GOTOOLCHAIN: 'local' };
    const options = { cwd: fileURLToPath(module), env };
    await run('go', ['build', '-o', join(directory, 'bin') + '/', './cmd/...'], options);
  },
};
