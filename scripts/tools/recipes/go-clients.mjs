import { fileURLToPath } from 'node:url';
import { filesOf } from '../cache.mjs';
import { goBuild } from '../go.mjs';

const module = fileURLToPath(new URL('../../../test/clients/go/', import.meta.url));

/** The Go test clients, versions pinned in their go.mod: `bin/franz-go`, `bin/kafka-go` and others. */
export default {
  name: 'go-clients',
  version: '2',
  toolchain: 'go',
  get inputs() {
    return [new URL(import.meta.url), ...filesOf(module)];
  },
  install: (directory) => goBuild(directory, module, './cmd/...'),
};
