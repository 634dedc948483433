/**
 * `npm run chaos`: runs three brokers on one etcd and one object store with clients of several libraries, disturbs them
 * in every way, and checks what the clients were told against the log. Goes in rounds of five minutes, each with a new
 * cluster and the next seed, until the time is over or a round fails. Prints what happened as JSON.
 *
 *     npm run chaos -- --minutes 60 --seed 7
 *
 * A round that fails keeps its history in a folder that is named at the end; CONTRIBUTING.md says how to read it.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, environment, exitCodeOf, nodeBinary, root } from './support/project.mjs';

const ROUND_SECONDS = 300;
const TOOLS = ['seaweedfs', 'etcd', 'go-clients', 'python-clients', 'java-load-client'];
/** Standard output is for the results. */
const PROGRESS = { stdio: ['ignore', 2, 2] };

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1e6) },
    brokers: { type: 'string', default: '3' },
  },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
const brokers = Number(values.brokers);
if (!(minutes > 0) || !Number.isInteger(seed) || !Number.isInteger(brokers) || brokers < 1) {
  console.error('usage: npm run chaos -- [--minutes N] [--seed N] [--brokers N]');
  process.exit(2);
}

await ensureInstalled();
await ensureBuilt();
await exitCodeOf(nodeBinary(), [join(root, 'scripts', 'tools', 'install.mjs'), ...TOOLS], PROGRESS);

const folder = mkdtempSync(join(tmpdir(), 'kafscale-chaos-'));
const reports = [];
let failed;
for (let left = minutes * 60, next = seed; left > 0 && failed === undefined; left -= ROUND_SECONDS, next += 1) {
  const seconds = Math.min(left, ROUND_SECONDS);
  const own = join(folder, `seed-${next}`);
  console.error(`seed ${next}, ${seconds} s`);
  const code = await round(next, seconds, own);
  if (existsSync(join(own, 'report.json'))) reports.push(JSON.parse(readFileSync(join(own, 'report.json'), 'utf8')));
  if (code === 0) rmSync(own, { recursive: true, force: true });
  else failed = { seed: next, folder: own };
}
console.log(JSON.stringify({ rounds: reports, ...(failed && { failed }) }, null, 2));
if (failed === undefined) rmSync(folder, { recursive: true, force: true });
else {
  console.error(`failed with seed ${failed.seed}; history and logs are in ${failed.folder}`);
  process.exitCode = 1;
}

function round(ownSeed, seconds, own) {
  return exitCodeOf(
    nodeBinary(),
    [
      ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      ...['--selectProjects=cluster', '--testPathPatterns=cluster/nemesis.test'],
    ],
    {
      ...PROGRESS,
      env: {
        ...environment(),
        KAFSCALE_CLUSTER_SECONDS: String(seconds),
        KAFSCALE_CLUSTER_SEED: String(ownSeed),
        KAFSCALE_CLUSTER_BROKERS: String(brokers),
        KAFSCALE_CLUSTER_FOLDER: own,
      },
    },
  );
}
