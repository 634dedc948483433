import type { State, Store, WalObject } from './state.js';

/** The object that has a sequence now: the merged one that covers it, or the one that was written. */
export function objectAt(state: State, incarnation: number, sequence: number): WalObject | undefined {
  const merged = state.store.merges[incarnation]!.find(({ from, to }) => from <= sequence && sequence <= to);
  const objects = state.bucket[incarnation]!;
  return merged === undefined
    ? objects.find(({ from, to }) => from === sequence && to === sequence)
    : objects[merged.object];
}

/** Those that recovery reads: above the trim mark, up to the commit record. Undefined stands for one that is gone. */
export function countedObjects(state: State, incarnation: number): (WalObject | undefined)[] {
  const { trims, commits } = state.store;
  const found: (WalObject | undefined)[] = [];
  for (let sequence = trims[incarnation]! + 1; sequence <= commits[incarnation]!; sequence += 1) {
    const object = objectAt(state, incarnation, sequence);
    found.push(object?.deleted === false ? object : undefined);
  }
  return found;
}

export function isNamed({ assignments }: Store, incarnation: number): boolean {
  return assignments.some(({ tenures }) => tenures.some((tenure) => tenure.incarnation === incarnation));
}
