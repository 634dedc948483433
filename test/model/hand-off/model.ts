import type { Model, Step } from '../checker.js';
import { copy, times } from '../data.js';
import type { Rules } from '../rules.js';
import type { Bounds } from './bounds.js';
import { violationIn } from './invariants.js';
import { leadershipSteps } from './leadership-steps.js';
import type { Broker, Change, State } from './state.js';
import { assignTo, carryOut, changeMove, isVoid } from './transactions.js';
import { writeSteps } from './write-steps.js';

/**
 * Writing, crashes and hand-offs of partitions, as docs/design/013-many-brokers.md has them.
 *
 * - Every transaction is either answered at once, or stays in flight and is carried out at any later time, or never; its sender
 *   goes on without an answer, and may repeat it.
 * - An incarnation may end at any time, by its lease or because it is deposed. Its broker goes on with what it believes until the
 *   metadata store tells it.
 * - Anybody may act as the controller, at any time and by an old view: who that is matters to nobody's safety.
 * - Brokers whose incarnations have written nothing are all alike, so they register when they are first assigned something.
 */
export function handOffModel(bounds: Bounds, rules: Rules): Model<State> {
  return {
    initial: initialState(bounds),
    steps: (state) => steps(state, bounds, rules),
    canonical: (state) => canonical(state, rules),
    violationIn: (state) => violationIn(state, rules),
  };
}

function initialState({ incarnations, partitions }: Bounds): State {
  return {
    store: {
      lives: times(incarnations).map(() => false),
      commits: times(incarnations).map(() => 0),
      assignments: times(partitions).map(() => ({ revision: 0, leader: null, epoch: 0, tenures: [], moveTo: false })),
    },
    wal: times(incarnations).map(() => []),
    brokers: times(incarnations).map(() => freshBroker(partitions)),
    inFlight: [],
    clients: { batches: [], acknowledged: [], retries: 0, moves: 0, shown: times(partitions).map(() => 0) },
  };
}

function freshBroker(partitions: number): Broker {
  return {
    registered: false,
    ended: false,
    buffer: [],
    committed: 0,
    commit: null,
    partitions: times(partitions).map(() => ({ opening: null, log: null, release: null })),
    view: null,
  };
}

function* steps(state: State, bounds: Bounds, rules: Rules): Iterable<Step<State>> {
  for (const [id, { registered, ended }] of state.brokers.entries()) {
    if (!registered || ended) continue;
    yield* writeSteps(state, id, bounds, rules);
    yield* leadershipSteps(state, id, bounds, rules);
  }
  yield* controllerSteps(state, bounds, rules);
  yield* lateSteps(state, rules);
  yield* endSteps(state, bounds, rules);
}

function* controllerSteps(state: State, bounds: Bounds, rules: Rules): Iterable<Step<State>> {
  for (const [partition, { epoch, leader }] of state.store.assignments.entries()) {
    if (epoch < bounds.epochs) {
      const known = state.brokers.filter(({ registered }) => registered).length;
      for (const id of times(Math.min(known + 1, bounds.incarnations))) {
        const registered = copy(state);
        if (id === known) registerBroker(registered, id, bounds);
        yield* sendByController(
          registered,
          assignTo(registered, partition, id),
          `assigns ${partition} to ${id}`,
          bounds,
          rules,
        );
      }
    }
    if (leader !== null && state.clients.moves < bounds.moves) {
      const moved = copy(state);
      moved.clients.moves += 1;
      yield* sendByController(moved, changeMove(moved, partition), `changes move_to of ${partition}`, bounds, rules);
    }
  }
}

function registerBroker(state: State, id: number, { partitions }: Bounds): void {
  state.store.lives[id] = true;
  state.store.commits[id] = 0;
  state.brokers[id] = { ...freshBroker(partitions), registered: true };
}

function* sendByController(
  state: State,
  change: Change,
  what: string,
  { inFlight }: Bounds,
  rules: Rules,
): Iterable<Step<State>> {
  const answered = copy(state);
  if (carryOut(answered.store, change, rules)) yield { label: `a controller ${what}`, next: answered };
  if (state.inFlight.length >= inFlight) return;
  state.inFlight.push(change);
  yield { label: `a controller ${what}, and isn't answered`, next: state };
}

/** What was sent before has its effect now. */
function* lateSteps(state: State, rules: Rules): Iterable<Step<State>> {
  for (const [index, transaction] of state.inFlight.entries()) {
    const next = copy(state);
    next.inFlight.splice(index, 1);
    if (!carryOut(next.store, transaction, rules)) continue;
    const of = transaction.kind === 'commit' ? `${transaction.from}→${transaction.to}` : String(transaction.partition);
    yield { label: `the ${transaction.kind} ${of} is carried out late`, next };
  }
  for (const [id, objects] of state.wal.entries()) {
    for (const [index, { landed }] of objects.entries()) {
      if (landed) continue;
      const next = copy(state);
      next.wal[id]![index]!.landed = true;
      yield { label: `object ${index + 1} of ${id} lands`, next };
    }
  }
}

function* endSteps(state: State, bounds: Bounds, rules: Rules): Iterable<Step<State>> {
  for (const [id, lives] of state.store.lives.entries()) {
    if (lives) {
      const next = copy(state);
      next.store.lives[id] = false;
      if (!rules.has('R4 lease')) next.store.commits[id] = 0;
      yield { label: `incarnation ${id} ends`, next };
    } else if (!rules.has('R4 id') && state.brokers[id]!.registered) {
      const next = copy(state);
      registerBroker(next, id, bounds);
      yield { label: `${id} registers again with the same id`, next };
    }
  }
}

/** Without what has no consequences any more, and in an order that says nothing. */
function canonical(state: State, rules: Rules): State {
  state.inFlight = state.inFlight
    .filter((transaction) => !isVoid(state.store, transaction, rules))
    .map((transaction) => ({ transaction, key: JSON.stringify(transaction) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ transaction }) => transaction);
  return state;
}
