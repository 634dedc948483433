/** Brings a fresh clone to the point where its code can run. Runs on Node 20 alone: imports nothing that is installed. */
import { spawn } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

const OLDEST_NODE = 24;
const bin = join(root, 'node_modules', '.bin');
const SOURCES = ['src', 'proto', 'package-lock.json', 'nest-cli.json', 'tsconfig.json', '.swcrc'];

/** Standard output is left to the program that this prepares for. */
const PROGRESS = { stdio: ['inherit', 2, 2] };

/**
 * Installs the packages when those that are there are not the ones of the lock file.
 *
 * @throws when `node_modules` is a link: what others use would be replaced
 */
export async function ensureInstalled() {
  if (isInstalled()) return;
  const packages = join(root, 'node_modules');
  if (existsSync(packages) && lstatSync(packages).isSymbolicLink()) {
    throw new Error(
      `${packages} is a link, and has other packages than package-lock.json asks for: run npm ci where they are.`,
    );
  }
  console.error('Installing packages (once) …');
  // Under "npm run", npm tells where it is; this also works where npm is not on the path.
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  await run(command, [...args, 'ci', '--no-progress', '--loglevel=error'], PROGRESS);
}

/** Compiles the broker when that has not happened since its sources changed. */
export async function ensureBuilt() {
  const built = join(root, 'dist', 'main.js');
  const newest = Math.max(...SOURCES.map((source) => newestChange(join(root, source))));
  if (existsSync(built) && modified(built) >= newest) return;
  console.error('Building …');
  await run(nodeBinary(), [join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js'), 'build'], PROGRESS);
}

/** A Node that is new enough: this one, or the one among the installed packages. */
export function nodeBinary() {
  const installed = join(bin, 'node');
  if (existsSync(installed)) return installed;
  if (Number(process.versions.node.split('.')[0]) >= OLDEST_NODE) return process.execPath;
  throw new Error(`Node.js ${OLDEST_NODE} or newer is needed on this platform; this is ${process.versions.node}.`);
}

/** The environment in which `node` is the one that {@link nodeBinary} names. */
export function environment() {
  return { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) };
}

/** Runs a program to its end. @throws when it fails */
export async function run(command, args, options = {}) {
  const code = await exitCodeOf(command, args, options);
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} failed with ${code}`);
}

/** Runs a program to its end. @returns its exit code, 1 when a signal ended it */
export function exitCodeOf(command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, env: environment(), stdio: 'inherit', ...options });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** npm keeps a record of what it has installed; packages for other platforms are not in it. */
function isInstalled() {
  const record = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = packagesOf(record);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(([path, wanted]) => {
    return path === '' || (installed[path]?.version ?? (wanted.optional && wanted.version)) === wanted.version;
  });
}

function packagesOf(lockFile) {
  return JSON.parse(readFileSync(lockFile, 'utf8')).packages;
}

function modified(path) {
  return statSync(path).mtimeMs;
}

function newestChange(path) {
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  const files = readdirSync(path, { recursive: true }).filter((name) => !name.endsWith('.test.ts'));
  return Math.max(stats.mtimeMs, ...files.map((name) => modified(join(path, name))));
}
