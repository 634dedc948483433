import type { GroupEvent, HistoryEvent } from './events.js';
import type { LogContents } from './log-contents.js';
import type { Violations } from './violations.js';

/** Checks what groups promise: one owner a generation, offsets that don't go back, at least once. */
export function checkGroups(events: readonly HistoryEvent[], log: LogContents, violations: Violations): void {
  const groupOf = new Map<string, string>();
  for (const event of events) {
    if (event.type === 'reader' && event.group !== undefined) groupOf.set(event.reader, event.group);
  }
  for (const group of new Set(groupOf.values())) {
    const own = events.filter((event) => {
      if ('reader' in event) return groupOf.get(event.reader) === group;
      return 'group' in event && event.group === group;
    });
    checkOwners(group, own, violations);
    checkCommits(group, own, violations);
    checkAtLeastOnce(group, own, log, violations);
  }
}

function checkOwners(group: string, events: readonly HistoryEvent[], violations: Violations): void {
  const owners = new Map<string, string>();
  for (const event of events) {
    if (event.type !== 'assigned' || event.generation === undefined) continue;
    for (const partition of event.partitions) {
      const place = `partition ${partition} in generation ${event.generation} of ${group}`;
      const owner = owners.get(place);
      if (owner !== undefined && owner !== event.reader) {
        violations.add('two owners', `${place}: ${owner} and ${event.reader}`);
      }
      owners.set(place, event.reader);
    }
  }
}

/** What is known to have been the committed offset of a partition. */
interface Known {
  readonly offset: number;
  readonly at: number;
  /** The member that committed it, undefined when it isn't known. */
  readonly by: string | undefined;
}

/**
 * An offset that was seen after a higher one had been acknowledged or seen is a violation, unless the member that
 * committed the higher one tried to commit the lower one too.
 */
function checkCommits(group: string, events: readonly HistoryEvent[], violations: Violations): void {
  const tried = triedBy(events);
  const highest = new Map<number, Known[]>();
  const learn = (partition: number, known: Known) => {
    const all = highest.get(partition);
    if (all === undefined) highest.set(partition, [known]);
    else if (all.at(-1)!.offset < known.offset) all.push(known);
  };
  for (const event of events) {
    if (event.type === 'commit' && event.outcome === 'ok') {
      for (const [partition, offset] of entriesOf(event.offsets)) {
        learn(partition, { offset, at: event.at, by: event.reader });
      }
    }
    if (event.type !== 'committed') continue;
    for (const [partition, offset] of entriesOf(event.offsets)) {
      const before = highest.get(partition)?.findLast(({ at }) => at < event.askedAt);
      if (before !== undefined && offset < before.offset) {
        const by = before.by ?? tried.get(`${partition} ${before.offset}`)?.values().next().value;
        const isItsOwn = by !== undefined && tried.get(`${partition} ${offset}`)?.has(by) === true;
        const what = `partition ${partition} of ${group}: ${offset}, after ${before.offset} of ${by ?? 'nobody known'}`;
        if (!isItsOwn) violations.add('commit went back', what);
      } else if (offset >= 0) {
        learn(partition, { offset, at: event.at, by: undefined });
      }
    }
  }
}

/** By partition and offset: the members that tried to commit it. */
function triedBy(events: readonly HistoryEvent[]): Map<string, Set<string>> {
  const tried = new Map<string, Set<string>>();
  for (const event of events) {
    if (event.type !== 'commit') continue;
    for (const [partition, offset] of entriesOf(event.offsets)) {
      const name = `${partition} ${offset}`;
      const members = tried.get(name);
      if (members === undefined) tried.set(name, new Set([event.reader]));
      else members.add(event.reader);
    }
  }
  return tried;
}

/** Each record below what was committed, and in the end each record of the log, was shown to some member. */
function checkAtLeastOnce(
  group: string,
  events: readonly HistoryEvent[],
  log: LogContents,
  violations: Violations,
): void {
  const ends = new Map<number, number>();
  const shown = new Map<number, Set<number>>();
  for (const event of events) {
    if (event.type === 'commit' || event.type === 'committed') {
      for (const [partition, offset] of entriesOf(event.offsets)) {
        ends.set(partition, Math.max(ends.get(partition) ?? 0, offset));
      }
    }
    if (event.type === 'caught up') {
      for (const partition of log.partitionNumbers) ends.set(partition, log.keysOf(partition).length);
    }
    if (event.type !== 'poll') continue;
    let offsets = shown.get(event.partition);
    if (offsets === undefined) shown.set(event.partition, (offsets = new Set()));
    for (let index = 0; index < event.keys.length; index += 1) offsets.add(event.offset + index);
  }
  for (const [partition, end] of ends) {
    const offsets = shown.get(partition) ?? new Set();
    for (let offset = 0; offset < end; offset += 1) {
      if (offsets.has(offset)) continue;
      const key = log.keysOf(partition)[offset];
      violations.add('skipped by group', `no member of ${group} was shown ${key} at ${partition}/${offset}`);
    }
  }
}

function entriesOf(offsets: Extract<GroupEvent, { type: 'commit' }>['offsets']): [number, number][] {
  return Object.entries(offsets).map(([partition, offset]) => [Number(partition), offset]);
}
