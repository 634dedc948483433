import { copy } from '../data.js';
import type { Rules } from '../rules.js';
import type { Step } from '../checker.js';
import { landedPrefix } from './committed.js';
import type { Bounds } from './bounds.js';
import type { Broker, Commit, Log, State } from './state.js';
import { carryOut } from './transactions.js';

/** The write path of one incarnation: append, seal, commit, acknowledge. */
export function* writeSteps(state: State, id: number, bounds: Bounds, rules: Rules): Iterable<Step<State>> {
  const broker = state.brokers[id]!;
  for (const [partition, { log }] of broker.partitions.entries()) {
    if (log !== null) yield* produceSteps(state, id, partition, log, bounds, rules);
  }
  if (broker.buffer.length > 0 && state.wal[id]!.length < bounds.objects) {
    const next = copy(state);
    next.wal[id]!.push({ entries: next.brokers[id]!.buffer, landed: false });
    next.brokers[id]!.buffer = [];
    yield { label: `${id} seals object ${next.wal[id]!.length}`, next };
  }
  yield* commitSteps(state, id, bounds, rules);
}

function* produceSteps(
  state: State,
  id: number,
  partition: number,
  log: Log,
  bounds: Bounds,
  rules: Rules,
): Iterable<Step<State>> {
  const { clients } = state;
  if (clients.batches.length < bounds.batches) {
    const next = copy(state);
    next.clients.batches.push(partition);
    next.clients.acknowledged.push(false);
    append(next, id, partition, clients.batches.length);
    yield { label: `${id} appends batch ${clients.batches.length} to ${partition} at ${log.batches.length}`, next };
  }
  if (clients.retries >= bounds.retries) return;
  for (const [batch, of] of clients.batches.entries()) {
    if (of !== partition) continue;
    const next = copy(state);
    next.clients.retries += 1;
    const known = rules.has('R12 rebuild') ? log.batches : log.batches.slice(log.recovered);
    if (!known.includes(batch)) append(next, id, partition, batch);
    else if (!rules.has('R12 wait') || log.batches.indexOf(batch) < log.highWatermark) {
      next.clients.acknowledged[batch] = true;
    }
    yield { label: `${id} gets batch ${batch} again`, next };
  }
}

function append(state: State, id: number, partition: number, batch: number): void {
  const broker = state.brokers[id]!;
  const { batches, epoch } = broker.partitions[partition]!.log!;
  broker.buffer.push({ partition, epoch, offset: batches.length, batch });
  batches.push(batch);
}

/** One transaction at a time, for all objects that are uploaded; repeated until it is answered. */
function* commitSteps(state: State, id: number, bounds: Bounds, rules: Rules): Iterable<Step<State>> {
  const broker = state.brokers[id]!;
  const commit = broker.commit ?? nextCommit(state, id, rules);
  if (commit === undefined) return;
  const answered = copy(state);
  const carriedOut = carryOut(answered.store, commit, rules);
  // The other branch of the transaction reads both records: has it been carried out before?
  learn(answered, id, commit, carriedOut || wasCarriedOut(state, commit));
  yield { label: `${id} commits ${commit.from}→${commit.to}`, next: answered };

  if (state.inFlight.length < bounds.inFlight) {
    const next = copy(state);
    next.inFlight.push(copy(commit));
    next.brokers[id]!.commit = copy(commit);
    yield { label: `${id} commits ${commit.from}→${commit.to}, and isn't answered`, next };
  }
}

function nextCommit(state: State, id: number, rules: Rules): Commit | undefined {
  const from = state.brokers[id]!.committed;
  const to = rules.has('R3') ? landedPrefix(state, id) : state.wal[id]!.findLastIndex(({ landed }) => landed) + 1;
  return to > from ? { kind: 'commit', by: id, from, to } : undefined;
}

function wasCarriedOut({ store }: State, { by, to }: Commit): boolean {
  return Boolean(store.lives[by]) && store.commits[by] === to;
}

/** What a broker does with the answer: it acknowledges, or it has ended. */
function learn(state: State, id: number, { from, to }: Commit, committed: boolean): void {
  const broker = state.brokers[id]!;
  broker.commit = null;
  if (!committed) return end(broker);
  broker.committed = to;
  for (const { partition, epoch, offset, batch } of state.wal[id]!.slice(from, to).flatMap(({ entries }) => entries)) {
    state.clients.acknowledged[batch] = true;
    const { log } = broker.partitions[partition]!;
    if (log?.epoch === epoch) raise(state, partition, log, Math.max(log.highWatermark, offset + 1));
  }
}

/** Readers are shown what is below the high watermark. */
export function raise({ clients }: State, partition: number, log: Log, highWatermark: number): void {
  log.highWatermark = highWatermark;
  clients.shown[partition] = Math.max(clients.shown[partition]!, highWatermark);
}

/** The broker drops everything; whatever it has sealed stays where it is. */
export function end(broker: Broker): void {
  broker.ended = true;
  broker.buffer = [];
  broker.commit = null;
  broker.view = null;
  for (const partition of broker.partitions) Object.assign(partition, { opening: null, log: null, release: null });
}
