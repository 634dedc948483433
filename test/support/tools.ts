import { describe, test } from '@jest/globals';
import { hasTool, howToInstall } from './tool-path.js';

export { hasTool, toolPath } from './tool-path.js';

/**
 * `describe` for tests that run tools. Where one is missing they are skipped with a line that says so; on CI
 * (`CI=true`) they fail instead, so that nothing is left out unseen.
 */
export function describeWithTools(tools: readonly string[], title: string, body: () => void): void {
  const absent = tools.filter((name) => !hasTool(name));
  if (absent.length === 0) {
    describe(title, body);
  } else if (process.env['CI'] === 'true') {
    describe(title, () => {
      test(`needs ${absent.join(', ')}`, () => {
        throw new Error(howToInstall(absent));
      });
    });
  } else {
    process.stderr.write(`skipped: ${title}: ${howToInstall(absent)}\n`);
    describe.skip(title, body);
  }
}
