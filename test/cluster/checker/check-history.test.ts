import { describe, expect, test } from '@jest/globals';
import { checkHistory } from './check-history.js';
import type { Anomaly, GroupEvent, HistoryEvent, ProducerEvent, ReaderEvent, SurfacedEvent } from './events.js';

type Timeless = ProducerEvent | ReaderEvent | GroupEvent | SurfacedEvent;

const KEYS = ['p:0:0', 'p:0:1', 'q:0:0', 'p:0:2'];

const sent = (producer: string, first: number, count: number, partition = 0): Timeless => ({
  type: 'send',
  producer,
  partition,
  first,
  count,
});
const acked = (producer: string, first: number, count: number, offset: number | null): Timeless => ({
  type: 'ack',
  producer,
  partition: 0,
  first,
  count,
  offset,
});
const poll = (reader: string, offset: number, keys: readonly string[]): Timeless => ({
  type: 'poll',
  reader,
  partition: 0,
  offset,
  keys,
});
const finalRead = (keys: readonly string[]): Timeless[] => [
  { type: 'reader', reader: 'final', final: true },
  poll('final', 0, keys),
];
const commit = (reader: string, offset: number, outcome: 'ok' | 'unknown' = 'ok'): Timeless => ({
  type: 'commit',
  reader,
  offsets: { 0: offset },
  outcome,
});
const assigned = (reader: string, generation: number | undefined): Timeless => ({
  type: 'assigned',
  reader,
  generation,
  partitions: [0],
});

/** Time passes with every event; who asks for an offset asks just before the answer. */
function timed(events: readonly Timeless[]): HistoryEvent[] {
  return events.map((event, at) => ('askedAt' in event ? { ...event, at, askedAt: at - 0.5 } : { ...event, at }));
}

/** An idempotent producer, a plain one, a reader, and a group of two members: as it should be. */
const GOOD: readonly Timeless[] = [
  { type: 'producer', producer: 'p', idempotent: true },
  { type: 'producer', producer: 'q', idempotent: false },
  { type: 'reader', reader: 'r' },
  { type: 'reader', reader: 'm1', group: 'g' },
  { type: 'reader', reader: 'm2', group: 'g' },
  assigned('m1', 1),
  sent('p', 0, 2),
  acked('p', 0, 2, 0),
  sent('q', 0, 1),
  sent('p', 2, 1),
  acked('q', 0, 1, null),
  acked('p', 2, 1, 3),
  poll('r', 0, KEYS.slice(0, 3)),
  poll('m1', 0, KEYS.slice(0, 2)),
  commit('m1', 2),
  { type: 'committed', group: 'g', askedAt: 0, offsets: { 0: 2 } },
  poll('r', 3, KEYS.slice(3)),
  // Read, but not committed: the next owner is shown them again.
  poll('m1', 2, KEYS.slice(2)),
  { type: 'revoked', reader: 'm1', generation: 1, partitions: [0] },
  assigned('m2', 2),
  poll('m2', 2, KEYS.slice(2)),
  commit('m2', 4, 'unknown'),
  { type: 'committed', group: 'g', askedAt: 0, offsets: { 0: 4 } },
  { type: 'caught up', group: 'g' },
  ...finalRead(KEYS),
];

function anomaliesOf(events: readonly Timeless[]): Anomaly[] {
  return [...new Set(checkHistory(timed(events)).map(({ anomaly }) => anomaly))].sort();
}

/** The good history, with other events behind it or in place of some. */
function planted(plant: {
  readonly add?: readonly Timeless[];
  readonly without?: (event: Timeless) => boolean;
  readonly log?: readonly string[];
}): Timeless[] {
  const { add = [], without = () => false, log } = plant;
  const base = GOOD.filter((event) => !without(event));
  const end = log === undefined ? [] : finalRead(log).map((event) => ({ ...event, reader: 'final again' }) as Timeless);
  return [...base, ...add, ...end];
}

describe('a history without anomalies', () => {
  test('passes', () => {
    expect(checkHistory(timed(GOOD))).toEqual([]);
  });

  test('may have records of unknown outcome, in the log or not', () => {
    const unknown: Timeless = { type: 'unknown', producer: 'p', partition: 0, first: 3, count: 1, error: 'timeout' };
    expect(anomaliesOf(planted({ add: [sent('p', 3, 1), unknown] }))).toEqual([]);
    const stored = [sent('p', 3, 1), unknown, poll('m2', 4, ['p:0:3']), poll('final', 4, ['p:0:3'])];
    expect(anomaliesOf([...GOOD, ...stored])).toEqual([]);
  });

  test('may have records of plain producers twice and in another order', () => {
    const more = ['q:0:2', 'q:0:1', 'q:0:2'];
    const add = [sent('q', 1, 2), acked('q', 1, 1, 5), acked('q', 2, 1, null), poll('m1', 4, more)];
    expect(anomaliesOf([...GOOD, ...add, poll('final', 4, more)])).toEqual([]);
  });

  test('may have commits of a member that go back by its own older commit', () => {
    const older: Timeless = { type: 'committed', group: 'g', askedAt: 0, offsets: { 0: 3 } };
    expect(anomaliesOf(planted({ add: [commit('m2', 4), commit('m2', 3, 'unknown'), older] }))).toEqual([]);
  });
});

describe('planted anomalies are found', () => {
  test('lost: acknowledged, and not in the log', () => {
    expect(anomaliesOf(planted({ add: [sent('p', 3, 1), acked('p', 3, 1, 4)] }))).toEqual(['lost']);
    expect(anomaliesOf(planted({ add: [sent('q', 1, 1), acked('q', 1, 1, null)] }))).toEqual(['lost']);
  });

  test('lost: acknowledged at another offset', () => {
    const log = [...KEYS, 'q:0:1', 'p:0:3'];
    const add = [sent('q', 1, 1), sent('p', 3, 1), acked('p', 3, 1, 4), poll('m2', 4, log.slice(4))];
    expect(anomaliesOf(planted({ add, log }))).toEqual(['lost', 'overlapping offsets']);
  });

  test('duplicate, of an idempotent producer', () => {
    const log = [...KEYS, 'p:0:2'];
    expect(anomaliesOf(planted({ add: [poll('m2', 4, log.slice(4))], log }))).toEqual(['duplicate']);
  });

  test('reordered, of an idempotent producer', () => {
    const log = [...KEYS, 'p:0:4', 'p:0:3'];
    const add = [sent('p', 3, 2), poll('m2', 4, log.slice(4))];
    expect(anomaliesOf(planted({ add, log }))).toEqual(['reordered']);
  });

  test('overlapping offsets: two acknowledgements', () => {
    const overlapping = [sent('q', 1, 1), acked('q', 1, 1, 3)];
    expect(anomaliesOf(planted({ add: overlapping }))).toEqual(['lost', 'overlapping offsets']);
  });

  test('inconsistent reads, and an uncommitted one', () => {
    const other: Timeless[] = [{ type: 'reader', reader: 's' }, sent('q', 1, 1), poll('s', 2, ['q:0:1'])];
    expect(anomaliesOf(planted({ add: other }))).toEqual([
      'inconsistent reads',
      'overlapping offsets',
      'uncommitted read',
    ]);
  });

  test('uncommitted read: at an offset that the log never reached', () => {
    expect(anomaliesOf(planted({ add: [sent('q', 1, 1), poll('r', 4, ['q:0:1'])] }))).toEqual(['uncommitted read']);
  });

  test('non-monotone poll', () => {
    expect(anomaliesOf(planted({ add: [poll('r', 2, KEYS.slice(2))] }))).toEqual(['non-monotone poll']);
    // Of a member, within one assignment.
    expect(anomaliesOf(planted({ add: [poll('m2', 3, KEYS.slice(3))] }))).toEqual(['non-monotone poll']);
  });

  test('gap, within an assignment', () => {
    const add: Timeless[] = [
      { type: 'reader', reader: 's' },
      poll('s', 0, KEYS.slice(0, 1)),
      poll('s', 2, KEYS.slice(2)),
    ];
    expect(anomaliesOf(planted({ add }))).toEqual(['gap']);
  });

  test('gap in the log itself', () => {
    const add = [poll('final', 5, ['q:0:1']), sent('q', 1, 1)];
    expect(anomaliesOf(planted({ add, without: ({ type }) => type === 'caught up' }))).toEqual(['gap']);
  });

  test('refused record that is in the log', () => {
    const log = [...KEYS, 'q:0:1'];
    const refused: Timeless = {
      type: 'fail',
      producer: 'q',
      partition: 0,
      first: 1,
      count: 1,
      error: 'CORRUPT_MESSAGE',
    };
    const add = [sent('q', 1, 1), refused, poll('m2', 4, log.slice(4))];
    expect(anomaliesOf(planted({ add, log }))).toEqual(['refused record']);
  });

  test.each(['z:0:0', 'p:1:0', 'p:0:77', 'nonsense'])('unknown record: %s', (key) => {
    const log = [...KEYS, key];
    expect(anomaliesOf(planted({ add: [poll('m2', 4, [key])], log }))).toEqual(['unknown record']);
  });

  test('damaged record, and out of range', () => {
    const place = { reader: 'r', partition: 0, offset: 1 };
    expect(anomaliesOf(planted({ add: [{ type: 'damaged', ...place, what: 'cut' }] }))).toEqual(['damaged record']);
    expect(anomaliesOf(planted({ add: [{ type: 'out of range', ...place }] }))).toEqual(['out of range']);
  });

  test('error surfaced', () => {
    const surfaced = { type: 'surfaced', client: 'p', error: 'INVALID_PRODUCER_EPOCH' } as const;
    expect(anomaliesOf(planted({ add: [surfaced] }))).toEqual(['error surfaced']);
  });

  test('two owners in one generation', () => {
    expect(anomaliesOf(planted({ add: [assigned('m1', 2)] }))).toEqual(['two owners']);
    // The same member again, another generation, or one that isn't told.
    for (const event of [assigned('m2', 2), assigned('m1', 3), assigned('m1', undefined)]) {
      expect(anomaliesOf(planted({ add: [event] }))).toEqual([]);
    }
  });

  test.each([3, 0, -1])('commit went back to %d', (offset) => {
    const seen: Timeless = { type: 'committed', group: 'g', askedAt: 0, offsets: { 0: offset } };
    expect(anomaliesOf(planted({ add: [seen] }))).toEqual(['commit went back']);
  });

  test('commit went back, by another member that began where the group had been before', () => {
    const seen: Timeless = { type: 'committed', group: 'g', askedAt: 0, offsets: { 0: 3 } };
    expect(anomaliesOf(planted({ add: [commit('m2', 4), commit('m1', 3), seen] }))).toEqual(['commit went back']);
  });

  test('commit that was acknowledged, and never seen', () => {
    const without = (event: Timeless) => event.type === 'commit' && event.reader === 'm2';
    const seen: Timeless = { type: 'committed', group: 'g', askedAt: 0, offsets: { 0: 4 } };
    const add: Timeless[] = [sent('q', 1, 1), poll('m2', 4, ['q:0:1']), commit('m2', 5), seen];
    expect(anomaliesOf([...planted({ add, without }), poll('final', 4, ['q:0:1'])])).toEqual(['commit went back']);
  });

  test('skipped by the group: below a committed offset, or in the end', () => {
    const unread = (event: Timeless) => event.type === 'poll' && event.reader.startsWith('m') && event.offset === 2;
    expect(anomaliesOf(planted({ without: unread }))).toEqual(['skipped by group']);
    const idle = (event: Timeless) => unread(event) || event.type === 'committed' || event.type === 'commit';
    expect(anomaliesOf(planted({ without: idle }))).toEqual(['skipped by group']);
    // Without the time to catch up it need not have been shown the rest.
    expect(anomaliesOf(planted({ without: (event) => idle(event) || event.type === 'caught up' }))).toEqual([]);
  });

  test('empty history', () => {
    expect(anomaliesOf([])).toEqual(['empty history']);
  });

  test('at most ten of a kind are told', () => {
    const place = { type: 'out of range', reader: 'r', partition: 0, offset: 1 } as const;
    expect(checkHistory(timed([...GOOD, ...Array.from({ length: 30 }, () => place)]))).toHaveLength(10);
  });
});
