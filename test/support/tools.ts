import { describe, test } from '@jest/globals';
import { installedPath } from '../../scripts/tools/registry.mjs';

/** True when the tool is installed, and by its recipe as it stands now. */
export function hasTool(name: string): boolean {
  return installedPath(name) !== undefined;
}

/**
 * Folder of an installed tool (see `scripts/tools/`).
 *
 * @throws {Error} when it isn't installed; the message says how to
 */
export function toolPath(name: string): string {
  const path = installedPath(name);
  if (path === undefined) throw new Error(howToInstall([name]));
  return path;
}

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

function howToInstall(names: readonly string[]): string {
  return `not installed: ${names.join(', ')} (run: node scripts/tools/install.mjs ${names.join(' ')})`;
}
