/**
 * `npm run model`: explores the models of the commit and hand-off protocol, prints how many states each has, and what goes
 * wrong first without each of the rules.
 *
 *     npm run model -- --big
 *
 * With `--big` within wider bounds, which takes long and some gigabytes.
 */
import { join } from 'node:path';
import { ensureInstalled, exitCodeOf, nodeBinary, root } from './support/project.mjs';

await ensureInstalled();
process.exitCode = await exitCodeOf(nodeBinary(), [
  ...['--experimental-transform-types', '--disable-warning=ExperimentalWarning', '--max-old-space-size=12000'],
  ...['--import', join(root, 'test', 'support', 'typescript-hooks.mjs')],
  join(root, 'test', 'model', 'check.ts'),
  ...process.argv.slice(2),
]);
