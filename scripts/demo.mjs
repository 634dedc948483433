/** `npm run demo`: shows a broker at work; installs and builds first where needed, as `npm start` does. */
import { join } from 'node:path';
import { ensureBuilt, ensureInstalled, exitCodeOf, nodeBinary, root } from './support/project.mjs';

await ensureInstalled();
await ensureBuilt();
process.exitCode = await exitCodeOf(nodeBinary(), [
  join(root, 'scripts', 'demo', 'demo.mjs'),
  ...process.argv.slice(2),
]);
