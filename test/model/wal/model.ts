import type { Model, Step } from '../checker.js';
import { copy, times } from '../data.js';
import type { Rules } from '../rules.js';
import type { WalBounds } from './bounds.js';
import { violationIn } from './invariants.js';
import { carryOut, leaderSteps } from './leader-steps.js';
import { janitorSteps, removalSteps } from './removal-steps.js';
import type { State } from './state.js';

/**
 * Checkpoints of partitions that change hands, and the removal of WAL objects that hold records of several of them. A read by
 * one broker of what another has written is a step of its own wherever something is decided by it.
 */
export function walModel(bounds: WalBounds, rules: Rules): Model<State> {
  return {
    initial: initialState(bounds),
    steps: (state) => steps(state, bounds, rules),
    canonical,
    violationIn,
  };
}

function initialState({ incarnations, partitions }: WalBounds): State {
  return {
    store: {
      lives: times(incarnations).map(() => true),
      commits: times(incarnations).map(() => 0),
      trims: times(incarnations).map(() => 0),
      merges: times(incarnations).map(() => []),
      assignments: times(partitions).map(() => ({ revision: 0, leader: null, tenures: [] })),
      states: times(partitions).map(() => ({ version: 0, checkpoint: 0 })),
    },
    bucket: times(incarnations).map(() => []),
    brokers: times(incarnations).map(() => ({
      leads: times(partitions).map(() => null),
      trim: null,
      merging: null,
      replaced: [],
    })),
    inFlight: [],
    leftovers: [],
    history: { ends: times(partitions).map(() => 0), checkpoints: times(partitions).map(() => 0) },
  };
}

function* steps(state: State, bounds: WalBounds, rules: Rules): Iterable<Step<State>> {
  for (const id of state.brokers.keys()) {
    yield* leaderSteps(state, id, bounds, rules);
    yield* removalSteps(state, id, bounds, rules);
    if (state.store.lives[id]) {
      const next = copy(state);
      next.store.lives[id] = false;
      yield { label: `incarnation ${id} ends`, next };
    }
  }
  for (const [index, commit] of state.inFlight.entries()) {
    const next = copy(state);
    next.inFlight.splice(index, 1);
    if (!carryOut(next, commit, rules)) continue;
    yield { label: `the manifest of ${commit.partition} up to ${commit.checkpoint} is committed late`, next };
  }
  if (bounds.removal !== 'none') yield* janitorSteps(state, rules);
}

function canonical(state: State): State {
  state.inFlight = state.inFlight
    .map((commit) => ({ commit, key: JSON.stringify(commit) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ commit }) => commit);
  return state;
}
