/**
 * `npm run simulate`: lives of a small cluster in virtual time, one for each seed, with crashes between any two steps.
 *
 *     npm run simulate -- --seeds 20000 --from 1
 *
 * Ends at the first life in which an invariant is broken, and says how to repeat it.
 */
import { join } from 'node:path';
import { ensureInstalled, exitCodeOf, nodeBinary, root } from './support/project.mjs';

await ensureInstalled();
process.exitCode = await exitCodeOf(nodeBinary(), [
  ...['--experimental-transform-types', '--disable-warning=ExperimentalWarning'],
  ...['--import', join(root, 'test', 'support', 'typescript-hooks.mjs')],
  join(root, 'test', 'simulation', 'simulate.ts'),
  ...process.argv.slice(2),
]);
