import { appendFileSync } from 'node:fs';

/** What a test saw of a client that it ran from its published packages. */
export interface Compatibility {
  /** As its makers call it: `franz-go`. What is recorded of one client in one version becomes one row. */
  readonly client: string;
  readonly version: string;
  /** What was done, in a few words: `consumer group with default settings`. */
  readonly exercised: string;
  readonly result: 'works' | 'works in part';
  /** What a user has to know, one sentence each, with the error that they would see. */
  readonly limits?: readonly string[];
}

/** The file that gets the rows, one JSON object a line; undefined: nobody wants them. */
const file = process.env['KAFSCALE_TEST_COMPATIBILITY_FILE'];

/**
 * Reports a row for docs/compatibility.md, which `npm run compatibility` makes. To be called at the end of a test, when
 * everything that `exercised` claims has been asserted: a test that fails leaves no row.
 */
export function recordCompatibility(row: Compatibility): void {
  if (file === undefined || file === '') return;
  appendFileSync(file, `${JSON.stringify({ ...row, date: new Date().toISOString().slice(0, 10) })}\n`);
}
