import type { Rules } from '../rules.js';
import { times } from '../data.js';
import { committedEntries } from './committed.js';
import type { Log, State } from './state.js';

/** The first invariant of the design that the state breaks. */
export function violationIn(state: State, rules: Rules): string | undefined {
  for (const partition of state.store.assignments.keys()) {
    const broken = brokenIn(state, partition, rules);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

function brokenIn(state: State, partition: number, rules: Rules): string | undefined {
  const { clients } = state;
  const committed = committedEntries(state, partition, rules);
  const offsets = committed.map(({ offset }) => offset).sort((a, b) => a - b);
  if (new Set(offsets).size < offsets.length) return 'I2: two batches have the same offset';
  if (offsets.some((offset, index) => offset !== index)) return 'I3: an offset is missing below a committed one';

  const batches = committed.sort((a, b) => a.offset - b.offset).map(({ batch }) => batch);
  if (new Set(batches).size < batches.length) return 'I8: a batch is stored twice';
  const lost = clients.acknowledged.findIndex(
    (acknowledged, batch) => acknowledged && clients.batches[batch] === partition && !batches.includes(batch),
  );
  if (lost !== -1) return `I1: batch ${lost} was acknowledged, and is not committed`;
  if (batches.length < clients.shown[partition]!) return 'I3: the high watermark would go back';

  const logs = state.brokers.map((broker, id) => ({ id, log: broker.partitions[partition]!.log, ended: broker.ended }));
  const led = logs.filter((at): at is typeof at & { log: Log } => at.log !== null && !at.ended);
  const wrong = led.find(({ log }) =>
    times(log.highWatermark).some((offset) => log.batches[offset] !== batches[offset]),
  );
  if (wrong !== undefined) return `I3: ${wrong.id} shows what isn't committed`;
  if (led.some(({ id, log }) => led.some((other) => other.id !== id && other.log.epoch === log.epoch))) {
    return 'I4: two brokers lead under one epoch';
  }
  // A consumer that has read up to what was shown anywhere asks this leader next.
  const ignorant = led.find(
    ({ id, log }) => log.batches.length < clients.shown[partition]! && !(rules.has('R14') && !state.store.lives[id]),
  );
  if (ignorant !== undefined) return `I3: ${ignorant.id} would answer OFFSET_OUT_OF_RANGE for an offset that was shown`;
  return undefined;
}
