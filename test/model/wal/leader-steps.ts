import type { Step } from '../checker.js';
import { copy } from '../data.js';
import type { Rules } from '../rules.js';
import type { WalBounds } from './bounds.js';
import type { Assignment, Led, ManifestCommit, State } from './state.js';

/** What a leader does with its partitions: take-over, writing, compaction, release. */
export function* leaderSteps(state: State, id: number, bounds: WalBounds, rules: Rules): Iterable<Step<State>> {
  yield* writeStep(state, id, bounds);
  for (const [partition, led] of state.brokers[id]!.leads.entries()) {
    if (led === null) {
      yield* takeOverStep(state, id, partition, bounds);
      continue;
    }
    yield* releaseStep(state, id, partition, bounds);
    yield* compactionSteps(state, id, partition, led, bounds, rules);
  }
}

/** One object with a record of each partition that it leads. */
function* writeStep(state: State, id: number, bounds: WalBounds): Iterable<Step<State>> {
  const sequence = state.store.commits[id]! + 1;
  const led = [...state.brokers[id]!.leads.entries()].filter(([, of]) => of !== null);
  if (!state.store.lives[id] || sequence > bounds.objects || led.length === 0) return;
  const next = copy(state);
  const records = led.map(([partition]) => ({ partition, offset: next.history.ends[partition]! }));
  next.bucket[id]!.push({ from: sequence, to: sequence, records, deleted: false });
  next.store.commits[id] = sequence;
  for (const { partition } of records) {
    next.history.ends[partition]! += 1;
    next.brokers[id]!.leads[partition]!.end += 1;
  }
  yield { label: `${id} writes object ${sequence}, for ${led.map(([partition]) => partition).join(' and ')}`, next };
}

function* takeOverStep(state: State, id: number, partition: number, bounds: WalBounds): Iterable<Step<State>> {
  const { lives, assignments } = state.store;
  const { leader, revision } = assignments[partition]!;
  if (!lives[id] || (leader !== null && lives[leader]) || revision >= bounds.changes) return;
  const next = copy(state);
  const end = next.history.ends[partition]!;
  const stored = next.store.states[partition]!;
  const read = next.store.assignments[partition]!;
  const tenures = [...since(closed(read, end), stored.checkpoint), { incarnation: id, from: end, to: null }];
  next.store.assignments[partition] = { revision: revision + 1, leader: id, tenures };
  next.brokers[id]!.leads[partition] = {
    assignment: copy(next.store.assignments[partition]),
    state: copy(stored),
    end,
    manifest: null,
  };
  yield { label: `${id} takes ${partition} over`, next };
}

/** A hand-off waits for no compaction: a manifest transaction may be without an answer. */
function* releaseStep(state: State, id: number, partition: number, bounds: WalBounds): Iterable<Step<State>> {
  const stored = state.store.assignments[partition]!;
  if (!state.store.lives[id] || stored.leader !== id || stored.revision >= bounds.changes) return;
  const next = copy(state);
  const tenures = closed(stored, state.history.ends[partition]!);
  next.store.assignments[partition] = { revision: stored.revision + 1, leader: null, tenures };
  next.brokers[id]!.leads[partition] = null;
  yield { label: `${id} releases ${partition}`, next };
}

function closed({ tenures }: Assignment, end: number): Assignment['tenures'] {
  return tenures.map((tenure) => ({ ...tenure, to: tenure.to ?? end })).filter(({ from, to }) => to > from);
}

function since(tenures: Assignment['tenures'], checkpoint: number): Assignment['tenures'] {
  return tenures.filter(({ to }) => to === null || to > checkpoint);
}

/** Writes a segment and a manifest, which nobody sees yet, and commits them; one manifest of a partition after the other. */
function* compactionSteps(
  state: State,
  id: number,
  partition: number,
  led: Led,
  bounds: WalBounds,
  rules: Rules,
): Iterable<Step<State>> {
  const { assignment, state: known, end } = led;
  if (led.manifest === null && (end <= known.checkpoint || known.version >= bounds.manifests)) return;
  const commit = led.manifest ?? {
    ...{ by: id, partition, checkpoint: end },
    ...{ readAssignment: copy(assignment), readState: copy(known) },
  };
  const answered = copy(state);
  const at = answered.brokers[id]!;
  if (carryOut(answered, commit, rules) || wasCarriedOut(state, commit)) {
    const current = at.leads[partition]!;
    current.manifest = null;
    current.state = copy(answered.store.states[partition]!);
    current.assignment = copy(answered.store.assignments[partition]!);
  } else {
    at.leads[partition] = null;
  }
  const label = `${id} commits a manifest of ${partition} up to ${commit.checkpoint}`;
  yield { label, next: answered };
  if (state.inFlight.length < bounds.inFlight) {
    const next = copy(state);
    next.inFlight.push(copy(commit));
    next.brokers[id]!.leads[partition]!.manifest = copy(commit);
    yield { label: `${label}, and isn't answered`, next };
  }
}

function wasCarriedOut({ store }: State, { by, partition, readState, checkpoint }: ManifestCommit): boolean {
  const stored = store.states[partition]!;
  const isOurs = stored.version === readState.version + 1 && stored.checkpoint === checkpoint;
  return isOurs && store.assignments[partition]!.leader === by && Boolean(store.lives[by]);
}

/** The metadata store's part: rule 10. @returns whether the transaction was carried out */
export function carryOut({ store, history }: State, commit: ManifestCommit, rules: Rules): boolean {
  const { by, partition, readAssignment, readState, checkpoint } = commit;
  const { revision } = store.assignments[partition]!;
  if (rules.has('R10 incarnation') && !store.lives[by]) return false;
  if (rules.has('R10 assignment') && revision !== readAssignment.revision) return false;
  if (rules.has('R10 manifest') && store.states[partition]!.version !== readState.version) return false;
  store.states[partition] = { version: readState.version + 1, checkpoint };
  history.checkpoints[partition] = Math.max(history.checkpoints[partition]!, checkpoint);
  const tenures = since(readAssignment.tenures, checkpoint);
  if (tenures.length < readAssignment.tenures.length) {
    store.assignments[partition] = { ...copy(readAssignment), tenures: copy(tenures), revision: revision + 1 };
  }
  return true;
}
