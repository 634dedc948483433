/**
 * `npm test`: sets up and runs everything. Arguments choose Jest projects: `npm test -- unit contract`.
 *
 * Installs the packages, the servers and clients that tests run against, and builds the broker; then runs the projects
 * one after the other, as they share the machine. The last line sums up all results.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import jestConfig from '../jest.config.mjs';
import { ensureBuilt, ensureInstalled, exitCodeOf, nodeBinary, root } from './support/project.mjs';

const PROJECTS = jestConfig.projects.map(({ displayName }) => displayName);
/** Tests with real clients mostly wait: two files share a machine well. */
const WORKERS = { e2e: 2, examples: 2 };
/** A project that takes longer is ended, and has failed. */
const PROJECT_TIMEOUT_MS = 20 * 60_000;
/** Projects that need no servers and clients of other people. */
const NEED_NO_TOOLS = ['unit', 'model', 'simulation'];

const chosen = process.argv.slice(2);
const unknown = chosen.filter((project) => !PROJECTS.includes(project));
if (unknown.length > 0) {
  console.error(`unknown: ${unknown.join(', ')}; projects are ${PROJECTS.join(', ')}`);
  process.exit(2);
}
const projects = chosen.length > 0 ? chosen : PROJECTS;

await ensureInstalled();
await ensureBuilt();
let toolsInstalled = true;
if (projects.some((project) => !NEED_NO_TOOLS.includes(project))) {
  toolsInstalled = (await exitCodeOf(nodeBinary(), [join(root, 'scripts', 'tools', 'install.mjs'), '--all'])) === 0;
}

const total = { passed: 0, failed: 0, skipped: 0 };
let allSucceeded = toolsInstalled;
const results = mkdtempSync(join(tmpdir(), 'kafscale-test-'));
try {
  for (const project of projects) {
    console.log(`\n── ${project} ──`);
    const { exitCode, passed, failed, skipped } = await runProject(project);
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
    allSucceeded &&= exitCode === 0;
  }
} finally {
  rmSync(results, { recursive: true, force: true });
}

if (!toolsInstalled) console.log('\nSome test tools could not be installed: see above.');
if (total.skipped > 0) console.log(`\n${total.skipped} tests were skipped: this machine lacks a tool that they need.`);
// On CI nothing may be skipped.
if (process.env.CI === 'true' && total.skipped > 0) allSucceeded = false;
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exitCode = allSucceeded && total.failed === 0 ? 0 : 1;

async function runProject(project) {
  const report = join(results, `${project}.json`);
  const args = [
    ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    join(root, 'node_modules', 'jest', 'bin', 'jest.js'),
    ...(WORKERS[project] === undefined ? [] : [`--maxWorkers=${WORKERS[project]}`]),
    ...[`--selectProjects=${project}`, '--passWithNoTests', '--json', `--outputFile=${report}`],
  ];
  const exitCode = await exitCodeOf(nodeBinary(), args, { timeout: PROJECT_TIMEOUT_MS, killSignal: 'SIGKILL' });
  if (exitCode !== 0) console.log(`✗ ${project} ended with ${exitCode}`);
  return { exitCode, ...countsOf(report) };
}

/** A test file that could not even be loaded counts as a failure. */
function countsOf(report) {
  let result;
  try {
    result = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}
