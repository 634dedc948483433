import type { Model, Step } from '../checker.js';
import { copy, times } from '../data.js';
import type { Rules } from '../rules.js';
import type { GroupBounds } from './bounds.js';
import { brokerSteps } from './broker-steps.js';
import type { SlotChange, State } from './state.js';
import { carryOut } from './transactions.js';

/** A group slot that changes hands while a consumer commits ever higher offsets: rule 13. */
export function groupModel(bounds: GroupBounds, rules: Rules): Model<State> {
  return {
    initial: initialState(bounds),
    steps: (state) => steps(state, bounds, rules),
    canonical,
    violationIn,
  };
}

function initialState({ incarnations }: GroupBounds): State {
  const unassigned = { revision: 0, owner: null, epoch: 0 };
  return {
    store: {
      lives: times(incarnations).map(() => true),
      slots: unassigned,
      writers: times(incarnations).map(() => 0),
      offset: 0,
    },
    brokers: times(incarnations).map(() => ({
      ended: false,
      serves: null,
      known: unassigned,
      write: null,
      release: null,
    })),
    inFlight: [],
    consumer: { sent: 0, acknowledged: 0 },
    otherChanges: 0,
  };
}

function* steps(state: State, bounds: GroupBounds, rules: Rules): Iterable<Step<State>> {
  for (const [id, { ended }] of state.brokers.entries()) {
    if (!ended) yield* brokerSteps(state, id, bounds, rules);
    if (state.store.slots.epoch < bounds.epochs) yield* assignSteps(state, id, bounds, rules);
    if (state.store.lives[id]) {
      const next = copy(state);
      next.store.lives[id] = false;
      yield { label: `incarnation ${id} ends`, next };
    }
  }
  for (const [index, transaction] of state.inFlight.entries()) {
    const next = copy(state);
    next.inFlight.splice(index, 1);
    const of = transaction.kind === 'write' ? ` of ${transaction.offset}` : '';
    if (carryOut(next.store, transaction, rules))
      yield { label: `the ${transaction.kind}${of} is carried out late`, next };
  }
  if (state.otherChanges < bounds.otherChanges) {
    const next = copy(state);
    next.otherChanges += 1;
    next.store.slots.revision += 1;
    yield { label: 'another slot changes', next };
  }
}

function* assignSteps(state: State, id: number, bounds: GroupBounds, rules: Rules): Iterable<Step<State>> {
  const change: SlotChange = { kind: 'assign', by: null, read: copy(state.store.slots), owner: id };
  const answered = copy(state);
  if (carryOut(answered.store, change, rules))
    yield { label: `a controller assigns the slot to ${id}`, next: answered };
  if (state.inFlight.length < bounds.inFlight) {
    const next = copy(state);
    next.inFlight.push(change);
    yield { label: `a controller assigns the slot to ${id}, and isn't answered`, next };
  }
}

function canonical(state: State): State {
  state.inFlight = state.inFlight
    .map((transaction) => ({ transaction, key: JSON.stringify(transaction) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ transaction }) => transaction);
  return state;
}

function violationIn({ store, consumer, brokers }: State): string | undefined {
  if (store.offset < consumer.acknowledged) return 'I1: the committed offset has gone back by itself';
  const serving = brokers.filter(({ serves, ended }, id) => serves !== null && !ended && store.lives[id]);
  return serving.length > 1 ? 'I4: two brokers serve the slot' : undefined;
}
