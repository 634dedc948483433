import { checkGroups } from './check-groups.js';
import { checkProducers } from './check-producers.js';
import { checkReaders } from './check-readers.js';
import type { HistoryEvent, Violation } from './events.js';
import { LogContents } from './log-contents.js';
import { Violations } from './violations.js';

/**
 * Finds what a cluster did that it must never do, in the way of Jepsen's queue workload for Kafka. At least one final
 * reader must have read everything, after all producers had ended.
 *
 * @returns at most ten violations of each kind
 */
export function checkHistory(events: readonly HistoryEvent[]): readonly Violation[] {
  const violations = new Violations();
  const log = new LogContents(events);
  if (log.isEmpty()) violations.add('empty history', 'the final reader was shown nothing');
  else checkProducers(events, log, violations);
  checkReaders(events, log, violations);
  checkGroups(events, log, violations);
  for (const event of events) {
    if (event.type === 'surfaced') violations.add('error surfaced', `${event.client}: ${event.error}`);
  }
  return violations.found;
}
