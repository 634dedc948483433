import type { Step } from '../checker.js';
import { copy } from '../data.js';
import type { Rules } from '../rules.js';
import { committedEntries } from './committed.js';
import type { Bounds } from './bounds.js';
import type { Change, Log, State } from './state.js';
import { carryOut, claimOf, isClaimedBy, releaseOf } from './transactions.js';
import { end, raise } from './write-steps.js';

/** How one incarnation opens a partition, claims it, and releases it. */
export function* leadershipSteps(state: State, id: number, bounds: Bounds, rules: Rules): Iterable<Step<State>> {
  const broker = state.brokers[id]!;
  for (const [partition, { opening, log, release }] of broker.partitions.entries()) {
    if (release !== null) yield* repeatSteps(state, id, partition, release, bounds, rules);
    else if (log !== null) yield* releaseSteps(state, id, partition, log, bounds, rules);
    else if (opening !== null) yield* claimSteps(state, id, partition, bounds, rules);
    else if (state.store.assignments[partition]!.leader === id) yield openStep(state, id, partition, rules);
  }
  if (!rules.has('R8') && broker.view === null) {
    const next = copy(state);
    next.brokers[id]!.view = [...state.store.commits];
    yield { label: `${id} sees the commit records by a watch`, next };
  }
}

/** Reads what is committed. A claim of its own that was carried out without an answer is found, and needs no other. */
function openStep(state: State, id: number, partition: number, rules: Rules): Step<State> {
  const next = copy(state);
  const read = next.store.assignments[partition]!;
  const broker = next.brokers[id]!;
  const batches = committedEntries(next, partition, rules, broker.view ?? next.store.commits).map(({ batch }) => batch);
  if (isClaimedBy(read, id)) lead(next, id, partition, read.epoch, batches);
  else broker.partitions[partition]!.opening = { read: copy(read), batches };
  return { label: `${id} reads ${partition} for opening it`, next };
}

function lead(state: State, id: number, partition: number, epoch: number, batches: number[]): void {
  const log: Log = { epoch, batches, highWatermark: 0, recovered: batches.length };
  Object.assign(state.brokers[id]!.partitions[partition]!, { opening: null, log });
  raise(state, partition, log, batches.length);
}

/** Whoever doesn't learn what became of its claim reads again: another claim compares the revision. */
function* claimSteps(state: State, id: number, partition: number, bounds: Bounds, rules: Rules): Iterable<Step<State>> {
  const { read, batches } = state.brokers[id]!.partitions[partition]!.opening!;
  const claim = claimOf(read, partition, id, batches.length, rules);
  const answered = copy(state);
  const opening = answered.brokers[id]!.partitions[partition]!;
  if (carryOut(answered.store, claim, rules)) lead(answered, id, partition, read.epoch, [...batches]);
  else if (state.store.lives[id]) opening.opening = null;
  else end(answered.brokers[id]!);
  yield { label: `${id} claims ${partition} under epoch ${read.epoch}`, next: answered };

  if (state.inFlight.length < bounds.inFlight) {
    const next = copy(state);
    next.inFlight.push(claim);
    next.brokers[id]!.partitions[partition]!.opening = null;
    yield { label: `${id} claims ${partition} under epoch ${read.epoch}, and isn't answered`, next };
  }
}

function* releaseSteps(
  state: State,
  id: number,
  partition: number,
  log: Log,
  bounds: Bounds,
  rules: Rules,
): Iterable<Step<State>> {
  if (rules.has('R6 nothing open') && log.highWatermark < log.batches.length) return;
  const read = state.store.assignments[partition]!;
  if (!isClaimedBy(read, id, log.epoch)) return;
  const release = releaseOf(read, partition, id, log.highWatermark);
  const answered = copy(state);
  if (carryOut(answered.store, release, rules)) answered.brokers[id]!.partitions[partition]!.log = null;
  else end(answered.brokers[id]!);
  yield { label: `${id} releases ${partition} at ${log.highWatermark}`, next: answered };

  if (state.inFlight.length < bounds.inFlight) {
    const next = copy(state);
    next.inFlight.push(copy(release));
    next.brokers[id]!.partitions[partition]!.release = copy(release);
    if (rules.has('R6 for good')) next.brokers[id]!.partitions[partition]!.log = null;
    yield { label: `${id} releases ${partition} at ${log.highWatermark}, and isn't answered`, next };
  }
}

/** A release is repeated as it is until it is answered. When the record has changed otherwise, it is made anew. */
function* repeatSteps(
  state: State,
  id: number,
  partition: number,
  release: Change,
  bounds: Bounds,
  rules: Rules,
): Iterable<Step<State>> {
  const { store } = state;
  const record = store.assignments[partition]!;
  const stillLed = isClaimedBy(record, id, release.put.epoch);
  const answered = copy(state);
  const at = answered.brokers[id]!.partitions[partition]!;
  if (carryOut(answered.store, release, rules)) Object.assign(at, { release: null, log: null });
  else if (!store.lives[id]) end(answered.brokers[id]!);
  else at.release = stillLed ? { ...copy(release), read: copy(record) } : null;
  yield { label: `${id} repeats the release of ${partition}`, next: answered };

  if (state.inFlight.length < bounds.inFlight) {
    const next = copy(state);
    next.inFlight.push(copy(release));
    yield { label: `${id} repeats the release of ${partition}, and isn't answered`, next };
  }
  if (!rules.has('R1') && stillLed) {
    const next = copy(state);
    const batches = committedEntries(next, partition, rules).map(({ batch }) => batch);
    next.brokers[id]!.partitions[partition]!.release = null;
    lead(next, id, partition, release.put.epoch, batches);
    yield { label: `${id} reads that ${partition} wasn't released, and goes on`, next };
  }
}
