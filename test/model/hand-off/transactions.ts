import { copy } from '../data.js';
import type { Rules } from '../rules.js';
import type { Assignment, Change, Commit, State, Store, Transaction } from './state.js';

/** What the metadata store does with each transaction: its compares, and its puts. */

/** Carries a transaction out, unless its compares fail. @returns whether it was carried out */
export function carryOut(store: Store, transaction: Transaction, rules: Rules): boolean {
  return transaction.kind === 'commit' ? commit(store, transaction, rules) : change(store, transaction, rules);
}

function commit(store: Store, { by, from, to }: Commit, rules: Rules): boolean {
  if (rules.has('R2 incarnation') && !store.lives[by]) return false;
  if (rules.has('R2 record') && store.commits[by] !== from) return false;
  store.commits[by] = to;
  return true;
}

function change(store: Store, { kind, partition, read, put, by }: Change, rules: Rules): boolean {
  const { revision } = store.assignments[partition]!;
  // Left out for what controllers send alone: rule 9 is about assignments.
  const compares = by !== null || rules.has('R9');
  if (compares && revision !== read.revision) return false;
  if (by !== null && !store.lives[by]) return false;
  if (kind === 'assign' && rules.has('R5') && read.leader !== null && store.lives[read.leader]) return false;
  store.assignments[partition] = { ...copy(put), revision: revision + 1 };
  return true;
}

/** Whether a transaction can never be carried out again, as nothing that it compares comes back. */
export function isVoid(store: Store, transaction: Transaction, rules: Rules): boolean {
  if (transaction.kind === 'commit') {
    const { by, from } = transaction;
    const superseded = rules.has('R2 record') && rules.has('R4 lease') && store.commits[by]! > from;
    return (rules.has('R2 incarnation') && rules.has('R4 id') && !store.lives[by]) || superseded;
  }
  const { by, partition, read } = transaction;
  const compares = by !== null || rules.has('R9');
  return compares && store.assignments[partition]!.revision > read.revision;
}

/** A controller gives the partition to an incarnation. */
export function assignTo(state: State, partition: number, leader: number): Change {
  const read = copy(state.store.assignments[partition]!);
  return { kind: 'assign', partition, read, put: { ...read, leader, epoch: read.epoch + 1, moveTo: false }, by: null };
}

/** A controller wants the partition moved, or no longer. */
export function changeMove(state: State, partition: number): Change {
  const read = copy(state.store.assignments[partition]!);
  return { kind: 'move_to', partition, read, put: { ...read, moveTo: !read.moveTo }, by: null };
}

/** The leader that was assigned begins its tenure at the log end that it has found. */
export function claimOf(read: Assignment, partition: number, by: number, logEnd: number, rules: Rules): Change {
  const earlier = closeTenures(read, logEnd);
  const kept = rules.has('R7 tenures') ? earlier : earlier.slice(-1);
  const tenures = [...kept, { incarnation: by, epoch: read.epoch, from: logEnd, to: null }];
  return { kind: 'claim', partition, read, put: { ...read, tenures }, by };
}

/** The leader gives the partition up, at its high watermark. */
export function releaseOf(read: Assignment, partition: number, by: number, highWatermark: number): Change {
  const put = { ...read, leader: null, tenures: closeTenures(read, highWatermark), moveTo: false };
  return { kind: 'release', partition, read, put, by };
}

/** Gives the open tenure its end. Those that wrote nothing are dropped. */
function closeTenures({ tenures }: Assignment, end: number): Assignment['tenures'] {
  return tenures.map((tenure) => ({ ...tenure, to: tenure.to ?? end })).filter(({ from, to }) => to > from);
}

/** Whether the record has the open tenure of that incarnation under that epoch. */
export function isClaimedBy({ leader, epoch, tenures }: Assignment, incarnation: number, under = epoch): boolean {
  const last = tenures.at(-1);
  return leader === incarnation && epoch === under && last?.incarnation === incarnation && last.to === null;
}
