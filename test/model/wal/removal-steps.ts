import type { Step } from '../checker.js';
import { copy } from '../data.js';
import type { Rules } from '../rules.js';
import type { WalBounds } from './bounds.js';
import { countedObjects, isNamed, objectAt } from './counted.js';
import type { State, WalObject } from './state.js';

/** How WAL objects are merged, trimmed and deleted: rule 11. */
export function* removalSteps(state: State, id: number, bounds: WalBounds, rules: Rules): Iterable<Step<State>> {
  if (bounds.removal === 'none') return;
  yield* trimSteps(state, id, rules);
  if (bounds.removal === 'trim and merge') yield* mergeSteps(state, id, rules);
  yield* deleteSteps(state, id);
}

/** First it looks at what it leads itself, then at the checkpoints and tenures of all others in the metadata store. */
function* trimSteps(state: State, id: number, rules: Rules): Iterable<Step<State>> {
  const { store } = state;
  const { leads, trim } = state.brokers[id]!;
  if (!store.lives[id]) return;
  if (trim === null) {
    const needed = (object: WalObject | undefined): boolean =>
      object?.records.some(({ partition, offset }) => offset >= (leads[partition]?.state.checkpoint ?? Infinity)) ??
      false;
    const upTo = lastBefore(state, id, needed);
    if (upTo <= store.trims[id]!) return;
    const next = copy(state);
    next.brokers[id]!.trim = { upTo, leads: leads.map((led) => led !== null) };
    yield { label: `${id} needs nothing up to ${upTo} for what it leads`, next };
    return;
  }
  const own = rules.has('R11 same moment') ? trim.leads : leads.map((led) => led !== null);
  const elsewhere = (object: WalObject | undefined): boolean =>
    object?.records.some(({ partition, offset }) => !own[partition] && offset >= store.states[partition]!.checkpoint) ??
    false;
  const next = copy(state);
  next.brokers[id]!.trim = null;
  if (rules.has('R11 all')) next.store.trims[id] = Math.min(trim.upTo, lastBefore(state, id, elsewhere));
  else next.store.trims[id] = trim.upTo;
  next.store.trims[id] = Math.max(next.store.trims[id], store.trims[id]!);
  yield { label: `${id} moves its trim mark to ${next.store.trims[id]}`, next };
}

/** The last committed sequence before the first object that is needed. */
function lastBefore(state: State, id: number, isNeeded: (object: WalObject | undefined) => boolean): number {
  const { trims, commits } = state.store;
  const first = countedObjects(state, id).findIndex(isNeeded);
  return first === -1 ? commits[id]! : trims[id]! + first;
}

/** Merges two neighbours, and commits the list of merged objects. */
function* mergeSteps(state: State, id: number, rules: Rules): Iterable<Step<State>> {
  const { store } = state;
  const { leads, merging } = state.brokers[id]!;
  if (!store.lives[id]) return;
  if (merging !== null) {
    const next = copy(state);
    const broker = next.brokers[id]!;
    broker.merging = null;
    next.store.merges[id]!.push(merging.merged);
    if (rules.has('R11 list first')) broker.replaced.push(...merging.replaced);
    yield { label: `${id} lists the merged object`, next };
    return;
  }
  if (store.merges[id]!.length > 0) return;
  const from = store.trims[id]! + 1;
  const originals = [objectAt(state, id, from), objectAt(state, id, from + 1)];
  if (from + 1 > store.commits[id]! || originals.some((object) => object?.deleted !== false)) return;
  const next = copy(state);
  const objects = next.bucket[id]!;
  // Its own checkpoints it knows; what another leads is kept, as its checkpoint isn't known here.
  const isKept = (record: { partition: number; offset: number }): boolean => {
    const led = leads[record.partition] ?? null;
    return led === null ? rules.has('R11 merged') : record.offset >= led.state.checkpoint;
  };
  const records = originals.flatMap((object) => object?.records ?? []).filter(isKept);
  objects.push({ from, to: from + 1, records: copy(records), deleted: false });
  const replaced = objects.flatMap((object, index) =>
    object.from === object.to && (object.from === from || object.from === from + 1) ? [index] : [],
  );
  const broker = next.brokers[id]!;
  broker.merging = { merged: { from, to: from + 1, object: objects.length - 1 }, replaced };
  if (!rules.has('R11 list first')) broker.replaced.push(...replaced);
  yield { label: `${id} merges ${from} and ${from + 1}`, next };
}

/** What is below the mark, or was replaced, goes after the grace period. */
function* deleteSteps(state: State, id: number): Iterable<Step<State>> {
  const { replaced } = state.brokers[id]!;
  const isDue = ({ deleted, to }: WalObject, index: number): boolean =>
    !deleted && (to <= state.store.trims[id]! || replaced.includes(index));
  if (!state.bucket[id]!.some(isDue)) return;
  const next = copy(state);
  for (const object of next.bucket[id]!.filter(isDue)) object.deleted = true;
  next.brokers[id]!.replaced = [];
  yield { label: `${id} deletes what it no longer needs`, next };
}

/** The janitor removes the WAL of an ended incarnation that no assignment names, whole and with its records. */
export function* janitorSteps(state: State, rules: Rules): Iterable<Step<State>> {
  const { store, leftovers } = state;
  const unneeded = [...store.lives.entries()].flatMap(([id, lives]) => {
    return !isNamed(store, id) && (!lives || !rules.has('R11 ended first')) ? [id] : [];
  });
  if (unneeded.some((id) => !leftovers.includes(id))) {
    const next = copy(state);
    next.leftovers = unneeded;
    yield { label: `the janitor sees that no assignment names ${unneeded.join(' and ')}`, next };
  }
  for (const id of leftovers) {
    if (store.lives[id]) continue;
    const next = copy(state);
    next.leftovers = leftovers.filter((other) => other !== id);
    for (const object of next.bucket[id]!) object.deleted = true;
    yield { label: `the janitor removes the WAL of ${id}`, next };
  }
}
