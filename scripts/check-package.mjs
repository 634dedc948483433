/** Packages the broker into an empty folder, starts it from there, and waits until it is ready: what an image would do. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { nodeBinary, root, run } from './support/project.mjs';

const READY_TIMEOUT_MS = 30_000;

const folder = mkdtempSync(join(tmpdir(), 'kafscale-package-'));
try {
  const app = join(folder, 'app');
  await run(nodeBinary(), [join(root, 'scripts', 'package.mjs'), app]);
  await startsAndStops(app);
  console.log('the packaged broker starts, becomes ready and stops');
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function startsAndStops(app) {
  const [kafkaPort, httpPort] = [await freePort(), await freePort()];
  const broker = spawn(nodeBinary(), [join(app, 'dist', 'main.js'), 'broker'], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      KAFSCALE_BROKER_ADDR: `127.0.0.1:${kafkaPort}`,
      KAFSCALE_METRICS_ADDR: `127.0.0.1:${httpPort}`,
      KAFSCALE_DATA_DIR: join(folder, 'data'),
    },
    stdio: 'inherit',
  });
  const exited = once(broker, 'exit');
  try {
    await ready(`http://127.0.0.1:${httpPort}/readyz`);
  } finally {
    broker.kill('SIGTERM');
  }
  const [code] = await exited;
  if (code !== 0) throw new Error(`the packaged broker ended with ${code}`);
}

async function ready(url) {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return;
    await delay(100);
  }
  throw new Error(`the packaged broker was not ready within ${READY_TIMEOUT_MS / 1000} s`);
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
