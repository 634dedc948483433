/**
 * `npm run chaos:kill`: kills a broker under load, a hundred times on each kind of stores, and checks that nothing
 * acknowledged is missing and nothing of idempotent producers is there twice. Prints what happened as JSON and Markdown.
 *
 *     npm run chaos:kill -- --kills 20 --stores s3
 *
 * `--stores` is `local` (a directory and the embedded database) or `s3` (SeaweedFS and etcd), both when left out.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureBuilt, ensureInstalled, environment, exitCodeOf, nodeBinary, root } from './support/project.mjs';

/** By the kind of stores: how the table names them, and what picks their test in test/chaos/kill.test.ts. */
const STORES = {
  local: { title: 'local directory, SQLite', test: 'local stores' },
  s3: { title: 'S3 (SeaweedFS), etcd', test: 'S3 and etcd' },
};
/** Standard output is for the results. */
const PROGRESS = { stdio: ['ignore', 2, 2] };

const { values } = parseArgs({ options: { kills: { type: 'string', default: '100' }, stores: { type: 'string' } } });
const kills = Number(values.kills);
const kinds = values.stores === undefined ? Object.keys(STORES) : [values.stores];
if (!Number.isInteger(kills) || kills < 1 || kinds.some((kind) => !(kind in STORES))) {
  console.error('usage: npm run chaos:kill -- [--kills N] [--stores local|s3]');
  process.exit(2);
}

await ensureInstalled();
await ensureBuilt();
if (kinds.includes('s3')) {
  await exitCodeOf(nodeBinary(), [join(root, 'scripts', 'tools', 'install.mjs'), 'seaweedfs', 'etcd'], PROGRESS);
}

const folder = mkdtempSync(join(tmpdir(), 'kafscale-chaos-kill-'));
try {
  const reports = {};
  for (const kind of kinds) {
    if ((await runTest(kind)) !== 0) process.exitCode = 1;
    const file = reportFile(kind);
    if (existsSync(file)) reports[kind] = JSON.parse(readFileSync(file, 'utf8'));
    else process.exitCode = 1;
  }
  console.log(`${JSON.stringify(reports, null, 2)}\n\n${markdown(reports)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function reportFile(kind) {
  return join(folder, `${kind}.json`);
}

function runTest(kind) {
  return exitCodeOf(
    nodeBinary(),
    [
      ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
      join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
      ...['--selectProjects=chaos', '--testPathPatterns=kill', `--testNamePattern=${STORES[kind].test}`],
    ],
    {
      ...PROGRESS,
      env: { ...environment(), KAFSCALE_CHAOS_KILLS: String(kills), KAFSCALE_CHAOS_REPORT: join(folder, '/') },
    },
  );
}

function markdown(reports) {
  const rows = [
    ['kills -9', (report) => report.kills],
    ['of these, while the broker was starting', (report) => report.killsWhileStarting],
    ['batches acknowledged', (report) => report.acknowledgedBatches],
    ['records acknowledged', (report) => report.acknowledgedRecords],
    ['records in the log at the end', (report) => report.storedRecords],
    ['connections lost', (report) => report.lostConnections],
    ['errors that clients were answered', (report) => errorCounts(report.errors)],
    ['duration', (report) => `${report.seconds} s`],
    ['**violations**', (report) => `**${report.violations.length}**`],
  ];
  const columns = Object.keys(reports);
  return [
    `| | ${columns.map((kind) => STORES[kind].title).join(' | ')} |`,
    `|---|${columns.map(() => '--:|').join('')}`,
    ...rows.map(([title, cell]) => `| ${title} | ${columns.map((kind) => cell(reports[kind])).join(' | ')} |`),
  ].join('\n');
}

function errorCounts(errors) {
  const counts = Object.entries(errors).map(([name, count]) => `${name} ${count}`);
  return counts.length === 0 ? 'none' : counts.join(', ');
}
