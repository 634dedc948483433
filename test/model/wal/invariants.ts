import { countedObjects, isNamed } from './counted.js';
import type { State } from './state.js';

/** The first invariant that the state breaks: whoever opens a partition must find everything from its checkpoint on. */
export function violationIn(state: State): string | undefined {
  const { store, history } = state;
  for (const incarnation of store.commits.keys()) {
    if (isNamed(store, incarnation) && countedObjects(state, incarnation).includes(undefined)) {
      return `I1: a WAL object of ${incarnation} is gone, and recovery would look for it`;
    }
  }
  for (const [partition, { checkpoint }] of store.states.entries()) {
    if (checkpoint < history.checkpoints[partition]!) return `I3: the checkpoint of ${partition} has gone back`;
    for (let offset = checkpoint; offset < history.ends[partition]!; offset += 1) {
      if (!isFound(state, partition, offset)) return `I1: offset ${offset} of ${partition} is lost`;
    }
  }
  return undefined;
}

function isFound(state: State, partition: number, wanted: number): boolean {
  const tenure = state.store.assignments[partition]!.tenures.find(
    ({ from, to }) => from <= wanted && (to === null || wanted < to),
  );
  if (tenure === undefined) return false;
  return countedObjects(state, tenure.incarnation).some((object) =>
    object?.records.some((record) => record.partition === partition && record.offset === wanted),
  );
}
