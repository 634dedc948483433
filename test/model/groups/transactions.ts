import type { Rules } from '../rules.js';
import type { Store, Transaction } from './state.js';

/** Carries a transaction out, unless its compares fail. @returns whether it was carried out */
export function carryOut(store: Store, transaction: Transaction, rules: Rules): boolean {
  const { slots, lives } = store;
  if (transaction.kind === 'write') {
    const { by, after, revision, offset } = transaction;
    if (rules.has('R13 incarnation') && !lives[by]) return false;
    if (rules.has('R13 writer') && store.writers[by] !== after) return false;
    if (rules.has('R13 slots') && slots.revision !== revision) return false;
    store.writers[by] = offset;
    store.offset = offset;
    return true;
  }
  const { kind, by, read, owner } = transaction;
  if (slots.revision !== read.revision || (by !== null && !lives[by])) return false;
  if (kind === 'assign' && read.owner !== null && lives[read.owner]) return false;
  store.slots = { revision: slots.revision + 1, owner, epoch: kind === 'assign' ? slots.epoch + 1 : slots.epoch };
  return true;
}
