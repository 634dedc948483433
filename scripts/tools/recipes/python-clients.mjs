import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipInstall } from '../pip.mjs';
import { run } from '../run.mjs';

/** Python's Kafka clients, and `bin/python`, an interpreter that sees them. */
export default {
  name: 'python-clients',
  version: '1',
  toolchain: 'python3',
  inputs: [new URL(import.meta.url)],
  async install(directory) {
    await pipInstall(join(directory, 'packages'), [
      'confluent-kafka==2.16.1',
      'kafka-python==3.0.12',
      'aiokafka==0.14.0',
      // Codecs of the two pure Python clients.
      'cramjam==2.14.0',
      'lz4==4.4.5',
      'python-snappy==0.7.3',
      'zstandard==0.25.0',
    ]);
    const wrapper = join(directory, 'bin');
    mkdirSync(wrapper);
    // The very interpreter that pip installed for: compiled modules fit no other.
    const python = (await run('python3', ['-c', 'import sys; print(sys.executable)'])).trim();
    const script = `#!/bin/sh\nPYTHONPATH="$(dirname "$0")/../packages" exec "${python}" "$@"\n`;
    writeFileSync(join(wrapper, 'python'), script);
    chmodSync(join(wrapper, 'python'), 0o755);
  },
};
