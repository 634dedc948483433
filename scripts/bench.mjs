/**
 * `npm run bench`: measures our broker, and Apache Kafka beside it; installs and builds first where needed.
 * `npm run bench -- --help` tells what can be chosen.
 */
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, exitCodeOf, nodeBinary, root } from './support/project.mjs';

const args = process.argv.slice(2);
const startsBrokers = !args.some((arg) => /^(-h|--help|--bootstrap(=.*)?)$/.test(arg));

await ensureInstalled();
if (startsBrokers) {
  await ensureBuilt();
  // What can't be installed here is left out, and the bench says so. Standard output is for the figures.
  const install = [join(root, 'scripts', 'tools', 'install.mjs'), 'etcd', 'seaweedfs', 'apache-kafka'];
  await exitCodeOf(nodeBinary(), install, { stdio: ['inherit', 2, 2] });
}
process.exitCode = await exitCodeOf(nodeBinary(), [
  ...['--experimental-transform-types', '--disable-warning=ExperimentalWarning'],
  ...['--import', join(root, 'test', 'support', 'typescript-hooks.mjs')],
  join(root, 'bench', 'run.ts'),
  ...args,
]);
