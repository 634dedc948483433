import { keysOf } from './check-producers.js';
import type { HistoryEvent } from './events.js';
import type { LogContents } from './log-contents.js';
import type { Violations } from './violations.js';

/** Compares what readers were shown: with each other, with the log, with acknowledgements, and by the order of offsets. */
export function checkReaders(events: readonly HistoryEvent[], log: LogContents, violations: Violations): void {
  const shown = new Claims('inconsistent reads', 'shown by', violations);
  const claimed = new Claims('overlapping offsets', 'told by', violations);
  const positions = new Positions(violations);
  for (const event of events) {
    switch (event.type) {
      case 'ack':
        if (event.offset !== null) claimed.add(event.partition, event.offset, keysOf(event), event.producer);
        break;
      case 'poll':
        shown.add(event.partition, event.offset, event.keys, event.reader);
        claimed.add(event.partition, event.offset, event.keys, event.reader);
        if (!log.isEmpty()) checkCommitted(event, log, violations);
        positions.advance(event.reader, event.partition, event.offset, event.keys.length);
        break;
      case 'assigned':
      case 'revoked':
      case 'lost':
        for (const partition of event.partitions) positions.forget(event.reader, partition);
        break;
      case 'damaged':
        violations.add('damaged record', `${event.reader} at ${event.partition}/${event.offset}: ${event.what}`);
        break;
      case 'out of range':
        violations.add('out of range', `${event.reader} at ${event.partition}/${event.offset}`);
        break;
      default:
    }
  }
}

function checkCommitted(
  { reader, partition, offset, keys }: { reader: string; partition: number; offset: number; keys: readonly string[] },
  log: LogContents,
  violations: Violations,
): void {
  const contents = log.keysOf(partition);
  for (const [index, key] of keys.entries()) {
    if (contents[offset + index] === key) continue;
    const found = contents[offset + index] ?? 'nothing';
    violations.add('uncommitted read', `${reader} was shown ${key} at ${partition}/${offset + index}, now ${found}`);
  }
}

/** What is at each offset, according to whoever said so first. */
class Claims {
  private readonly partitions = new Map<number, { readonly key: string; readonly by: string }[]>();

  constructor(
    private readonly anomaly: 'inconsistent reads' | 'overlapping offsets',
    private readonly verb: string,
    private readonly violations: Violations,
  ) {}

  add(partition: number, offset: number, keys: readonly string[], by: string): void {
    let claims = this.partitions.get(partition);
    if (claims === undefined) this.partitions.set(partition, (claims = []));
    for (const [index, key] of keys.entries()) {
      const claim = (claims[offset + index] ??= { key, by });
      if (claim.key === key) continue;
      const { anomaly, verb } = this;
      this.violations.add(
        anomaly,
        `${partition}/${offset + index} is ${claim.key} (${verb} ${claim.by}) and ${key} (${verb} ${by})`,
      );
    }
  }
}

/** Where each reader is in each partition, within an assignment. */
class Positions {
  private readonly next = new Map<string, number>();

  constructor(private readonly violations: Violations) {}

  advance(reader: string, partition: number, offset: number, count: number): void {
    const name = `${reader} ${partition}`;
    const expected = this.next.get(name) ?? offset;
    const what = `${reader} was shown ${partition}/${offset} after ${expected - 1}`;
    if (offset < expected) this.violations.add('non-monotone poll', what);
    if (offset > expected) this.violations.add('gap', what);
    this.next.set(name, offset + count);
  }

  forget(reader: string, partition: number): void {
    this.next.delete(`${reader} ${partition}`);
  }
}
