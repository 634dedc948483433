/**
 * `npm run compatibility`: runs the tests of the examples, and writes docs/compatibility.md from what they saw. When one fails
 * the page stays as it is.
 *
 *     npm run compatibility
 *     npm run compatibility -- ROWS
 *
 * With ROWS, a file that a run of the tests with KAFSCALE_TEST_COMPATIBILITY_FILE=ROWS has written, none are run.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compatibilityMarkdown } from './compatibility/markdown.mjs';
import { environment, nodeBinary, root, run } from './support/project.mjs';

const page = join(root, 'docs', 'compatibility.md');
const [given] = process.argv.slice(2);

writeFileSync(page, compatibilityMarkdown(given === undefined ? await runTests() : read(given)));
console.log(`Wrote ${page}.`);

async function runTests() {
  const directory = mkdtempSync(join(tmpdir(), 'kafscale-compatibility-'));
  try {
    const file = join(directory, 'rows.jsonl');
    // On CI nothing may be skipped, nor for this page.
    const env = { ...environment(), CI: 'true', KAFSCALE_TEST_COMPATIBILITY_FILE: file };
    await run(nodeBinary(), [join(root, 'scripts', 'test.mjs'), 'examples'], { env });
    return read(file);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function read(file) {
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line));
}
