import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { environment, nodeBinary, root } from '../support/project.mjs';
import { local } from './local.mjs';
import { megabytes } from './screen.mjs';

const READY_TIMEOUT_MS = 30_000;
const SHOWN_OBJECTS = 5;

/** The broker at the bootstrap address; a new one, with its data under ./data, when nobody answers there and it is the local one. */
export async function ensureBroker(bootstrap) {
  if (await answers(bootstrap)) {
    console.log(`Using the broker at ${bootstrap}.`);
    return { stop: () => Promise.resolve(), showObjects: () => undefined };
  }
  if (bootstrap !== local.bootstrap) throw new Error(`no broker answers at ${bootstrap}`);
  console.log(`No broker answers at ${bootstrap}: starting one.`);
  const child = spawn(nodeBinary(), [join(root, 'dist', 'main.js'), 'broker'], {
    cwd: root,
    env: { ...environment(), KAFSCALE_LOG_LEVEL: 'warn' },
    stdio: 'inherit',
  });
  const exited = once(child, 'exit');
  const stop = async () => {
    child.kill('SIGTERM');
    await exited;
  };
  try {
    await Promise.race([ready(), exited.then(() => Promise.reject(new Error('the broker has ended')))]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { stop, showObjects: () => listObjects(local.objects) };
}

function answers(bootstrap) {
  const [host, port] = bootstrap.split(':');
  const socket = connect(Number(port), host);
  return new Promise((resolve) => {
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
  }).finally(() => socket.destroy());
}

async function ready() {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const response = await fetch(`${local.http}/readyz`).catch(() => undefined);
    if (response?.ok) return;
    await delay(100);
  }
  throw new Error(`the broker was not ready within ${READY_TIMEOUT_MS / 1000} s`);
}

function listObjects(directory) {
  if (!existsSync(directory)) return;
  const files = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path, stats: statSync(path) }))
    .sort((a, b) => b.stats.mtimeMs - a.stats.mtimeMs);
  const bytes = files.reduce((sum, { stats }) => sum + stats.size, 0);
  console.log(`\nIn ${directory}: ${files.length} objects, ${megabytes(bytes)}. The newest:`);
  for (const { path, stats } of files.slice(0, SHOWN_OBJECTS)) {
    console.log(`  ${megabytes(stats.size).padStart(9)}  ${path.slice(directory.length + 1)}`);
  }
}
