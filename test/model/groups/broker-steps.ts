import type { Step } from '../checker.js';
import { copy } from '../data.js';
import type { Rules } from '../rules.js';
import type { GroupBounds } from './bounds.js';
import type { Broker, SlotChange, State, Write } from './state.js';
import { carryOut } from './transactions.js';

/** How an incarnation serves the slot: load, write offsets, release. */
export function* brokerSteps(state: State, id: number, bounds: GroupBounds, rules: Rules): Iterable<Step<State>> {
  const broker = state.brokers[id]!;
  const { slots } = state.store;
  if (broker.release !== null) yield* sendRelease(state, id, broker.release, bounds, rules);
  else if (broker.serves !== null) yield* releaseSteps(state, id, broker, bounds, rules);
  else if (slots.owner === id) {
    const next = copy(state);
    Object.assign(next.brokers[id]!, { serves: slots.epoch, known: copy(slots) });
    yield { label: `${id} loads the slot`, next };
  }
  yield* writeSteps(state, id, broker, bounds, rules);
}

/** One write after the other. A write that isn't answered is repeated, also after the slot was given up. */
function* writeSteps(
  state: State,
  id: number,
  broker: Broker,
  bounds: GroupBounds,
  rules: Rules,
): Iterable<Step<State>> {
  if (broker.write !== null) {
    yield* sendWrite(state, id, broker.write, bounds, rules);
    return;
  }
  if (broker.serves === null || state.consumer.sent >= bounds.commits) return;
  const next = copy(state);
  next.consumer.sent += 1;
  const { sent: offset } = next.consumer;
  const write: Write = {
    kind: 'write',
    by: id,
    after: state.store.writers[id]!,
    revision: broker.known.revision,
    offset,
  };
  yield* sendWrite(next, id, write, bounds, rules);
}

function* sendWrite(state: State, id: number, write: Write, bounds: GroupBounds, rules: Rules): Iterable<Step<State>> {
  const answered = copy(state);
  const broker = answered.brokers[id]!;
  broker.write = null;
  if (carryOut(answered.store, write, rules) || wasCarriedOut(state, write)) {
    answered.consumer.acknowledged = Math.max(answered.consumer.acknowledged, write.offset);
  } else if (!state.store.lives[id]) {
    Object.assign(broker, { ended: true, serves: null, release: null });
  } else {
    // The slots have changed. If this one is still its own, the transaction is made anew.
    const { slots } = answered.store;
    if (broker.serves !== null && slots.owner === id && slots.epoch === broker.serves) {
      broker.known = copy(slots);
      broker.write = { ...copy(write), revision: slots.revision };
    }
  }
  yield { label: `${id} writes ${write.offset}`, next: answered };
  if (state.inFlight.length < bounds.inFlight) {
    const next = copy(state);
    next.inFlight.push(copy(write));
    next.brokers[id]!.write = copy(write);
    yield { label: `${id} writes ${write.offset}, and isn't answered`, next };
  }
}

function wasCarriedOut({ store }: State, { by, offset }: Write): boolean {
  return Boolean(store.lives[by]) && store.writers[by] === offset;
}

function* releaseSteps(
  state: State,
  id: number,
  broker: Broker,
  bounds: GroupBounds,
  rules: Rules,
): Iterable<Step<State>> {
  if (rules.has('R13 release') && broker.write !== null) return;
  const { slots } = state.store;
  if (slots.owner !== id || slots.epoch !== broker.serves) return;
  yield* sendRelease(state, id, { kind: 'release', by: id, read: copy(slots), owner: null }, bounds, rules);
}

/** Once a release was sent, nothing is served. It is made anew when the record has changed otherwise. */
function* sendRelease(
  state: State,
  id: number,
  release: SlotChange,
  bounds: GroupBounds,
  rules: Rules,
): Iterable<Step<State>> {
  const { slots, lives } = state.store;
  const answered = copy(state);
  const broker = answered.brokers[id]!;
  Object.assign(broker, { serves: null, release: null });
  if (!carryOut(answered.store, release, rules)) {
    if (!lives[id]) Object.assign(broker, { ended: true, write: null });
    else if (slots.owner === id && slots.epoch === release.read.epoch)
      broker.release = { ...release, read: copy(slots) };
  }
  yield { label: `${id} releases the slot`, next: answered };
  if (state.inFlight.length < bounds.inFlight) {
    const next = copy(state);
    next.inFlight.push(copy(release));
    Object.assign(next.brokers[id]!, { serves: null, release: copy(release) });
    yield { label: `${id} releases the slot, and isn't answered`, next };
  }
}
