import type { Rules } from '../rules.js';
import type { Entry, State } from './state.js';

/**
 * What is committed of a partition: what a leader finds that opens it. The entries of all tenures, of those WAL objects that
 * the commit records count.
 */
export function committedEntries(
  { store, wal }: State,
  partition: number,
  rules: Rules,
  commits: readonly number[] = store.commits,
): Entry[] {
  return store.assignments[partition]!.tenures.flatMap(({ incarnation, epoch, from, to }) =>
    wal[incarnation]!.slice(0, commits[incarnation])
      .flatMap(({ landed, entries }) => (landed ? entries : []))
      .filter((entry) => entry.partition === partition)
      .filter((entry) => !rules.has('R7 epochs') || entry.epoch === epoch)
      .filter(({ offset }) => offset >= from && (to === null || offset < to)),
  );
}

/** How many of an incarnation's objects are in the bucket from the first one on, without a gap. */
export function landedPrefix({ wal }: State, incarnation: number): number {
  const missing = wal[incarnation]!.findIndex(({ landed }) => !landed);
  return missing === -1 ? wal[incarnation]!.length : missing;
}
