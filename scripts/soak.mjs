/**
 * `npm run soak`: runs a broker under load on an object store that fails in every way, and checks that nothing
 * acknowledged is missing, nothing is there twice, and nothing wrong is shown. Prints what happened as JSON.
 *
 *     npm run soak -- --minutes 60 --seed 7
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, environment, exitCodeOf, nodeBinary, root } from './support/project.mjs';

/** Standard output is for the results. */
const PROGRESS = { stdio: ['ignore', 2, 2] };

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, seed: { type: 'string', default: String(Date.now() % 1e6) } },
});
const minutes = Number(values.minutes);
const seed = Number(values.seed);
if (!(minutes > 0) || !Number.isInteger(seed)) {
  console.error('usage: npm run soak -- [--minutes N] [--seed N]');
  process.exit(2);
}

await ensureInstalled();
await ensureBuilt();
await exitCodeOf(nodeBinary(), [join(root, 'scripts', 'tools', 'install.mjs'), 'seaweedfs', 'etcd'], PROGRESS);

const folder = mkdtempSync(join(tmpdir(), 'kafscale-soak-'));
const report = join(folder, 'report.json');
try {
  process.exitCode = await exitCodeOf(
    nodeBinary(),
    [
      ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      ...['--selectProjects=chaos', '--testPathPatterns=soak'],
    ],
    {
      ...PROGRESS,
      env: {
        ...environment(),
        KAFSCALE_SOAK_SECONDS: String(minutes * 60),
        KAFSCALE_SOAK_SEED: String(seed),
        KAFSCALE_SOAK_REPORT: report,
      },
    },
  );
  if (existsSync(report)) console.log(JSON.stringify(JSON.parse(readFileSync(report, 'utf8')), null, 2));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
