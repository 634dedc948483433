import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../run.mjs';

/**
 * kcat and the libraries this machine lacks, unpacked from Debian's packages without installing them: `bin/kcat`. The
 * distribution decides its exact revision and that of librdkafka, which is years older than the other clients have.
 */
export default {
  name: 'kcat',
  version: '1.7.1',
  toolchain: 'apt',
  inputs: [new URL(import.meta.url)],
  async install(directory) {
    const apt = join(directory, 'apt');
    for (const folder of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(apt, folder), { recursive: true });
    // Lists and downloads of its own: needs no root and leaves the machine as it is.
    const options = [
      ...['-qq', '-y', '-o', 'Debug::NoLocking=1', '-o', 'APT::Sandbox::User='],
      ...['-o', `Dir::State::Lists=${apt}/lists`, '-o', `Dir::Cache=${apt}/cache`],
    ];
    await run('apt-get', [...options, 'update']);
    const download = ['install', '--download-only', '--reinstall', '--no-install-recommends', 'kcat'];
    await run('apt-get', [...options, ...download]);
    const archives = join(apt, 'cache', 'archives');
    const root = join(directory, 'root');
    for (const file of readdirSync(archives).filter((name) => name.endsWith('.deb'))) {
      await run('dpkg-deb', ['--extract', join(archives, file), root]);
    }
    rmSync(apt, { recursive: true });
    await writeWrapper(directory, root);
  },
};

async function writeWrapper(directory, root) {
  const found = await run('find', [root, '-name', '*.so*', '-printf', '%P\\n']);
  const folders = [
    ...new Set(
      found
        .split('\n')
        .filter(Boolean)
        .map((path) => path.slice(0, path.lastIndexOf('/'))),
    ),
  ];
  const libraries = folders.map((folder) => `$here/../root/${folder}`).join(':');
  const script = `#!/bin/sh\nhere="$(dirname "$0")"\nLD_LIBRARY_PATH="${libraries}" exec "$here/../root/usr/bin/kcat" "$@"\n`;
  mkdirSync(join(directory, 'bin'));
  writeFileSync(join(directory, 'bin', 'kcat'), script);
  chmodSync(join(directory, 'bin', 'kcat'), 0o755);
  await run(join(directory, 'bin', 'kcat'), ['-V']);
}
