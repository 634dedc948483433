/**
 * `npm start`: runs a broker on this machine, with everything under ./data; installs and builds first where needed.
 *
 * Arguments are passed on to `kafscale broker`.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, environment, nodeBinary, root } from './support/project.mjs';

await ensureInstalled();
await ensureBuilt();

// In a group of its own the broker hears a Ctrl-C once, from here; otherwise also from the terminal and from npm, and
// the second signal means "at once".
const broker = spawn(nodeBinary(), [join(root, 'dist', 'main.js'), 'broker', '--banner', ...process.argv.slice(2)], {
  cwd: root,
  env: environment(),
  stdio: 'inherit',
  detached: true,
});

const SAME_KEYSTROKE_MS = 500;
let lastSignal = -Infinity;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (performance.now() - lastSignal < SAME_KEYSTROKE_MS) return;
    lastSignal = performance.now();
    broker.kill(signal === 'SIGINT' ? 'SIGINT' : 'SIGTERM');
  });
}
broker.once('error', (error) => {
  console.error(`the broker could not be started: ${error.message}`);
  process.exitCode = 1;
});
broker.once('exit', (code) => {
  process.exitCode = code ?? 1;
});
