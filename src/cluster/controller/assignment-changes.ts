import { assignmentKey, CONTROLLER_KEY, incarnationKey, topicConfigKey } from '../../metadata/keys.js';
import { MAX_TXN_OPERATIONS, type KeyCompare, type Transaction } from '../../metadata/metadata-store.js';
import { encodeAssignmentRecord } from '../../metadata/partition-assignment.js';
import type { PartitionUnit } from './assignment-mirror.js';
import type { Plan } from './plan.js';
import type { PlannedBroker } from './unit.js';

/** etcd takes 1.5 MiB in a request, keys, compares and the protocol's own bytes included. */
const MAX_TXN_BYTES = 1024 * 1024;

/** One partition's part of a transaction. */
interface AssignmentChange {
  readonly kind: 'assigned' | 'moved' | 'withdrawn';
  readonly key: string;
  readonly value: Buffer;
  readonly compare: readonly KeyCompare[];
}

export interface AssignmentTransaction {
  readonly transaction: Transaction;
  /** Partitions that are given a leader. */
  readonly assigned: number;
  /** Partitions that their leaders are to release. */
  readonly moved: number;
}

/**
 * The transactions of a plan. Each compares (commit protocol, rules 5 and 9) that this is still the controller, and for
 * each partition that its record is as it was read, that its old leader's incarnation has ended, if the record names
 * one, and that its new one's lives.
 *
 * @param controllerRevision of the controller's key
 * @param assignedAt RFC 3339
 */
export function assignmentTransactions(
  { assignments, moves, withdrawals }: Plan<PartitionUnit>,
  controllerRevision: number,
  assignedAt: string,
): AssignmentTransaction[] {
  const changes = [
    ...byBroker(assignments).map(({ unit, broker }) => assign(unit, broker, assignedAt)),
    ...withdrawals.map((unit) => setMove(unit, undefined)),
    ...byBroker(moves).map(({ unit, broker }) => setMove(unit, broker)),
  ];
  return inTransactions(changes, { key: CONTROLLER_KEY, modRevision: controllerRevision });
}

/** Those of one broker follow each other, as what they compare of it is then compared once. */
function byBroker<P extends { readonly broker: PlannedBroker }>(placements: readonly P[]): P[] {
  return [...placements].sort((a, b) => a.broker.id - b.broker.id);
}

function assign(unit: PartitionUnit, broker: PlannedBroker, assignedAt: string): AssignmentChange {
  const { topic, partition, record } = unit;
  const compare: KeyCompare[] = [{ key: incarnationKey(broker.incarnationId), exists: true }, asRead(unit)];
  // A record that is there is gone with its topic; one that isn't might come after it.
  if (record === undefined) compare.push({ key: topicConfigKey(topic), exists: true });
  else if (record.incarnationId !== '') compare.push({ key: incarnationKey(record.incarnationId), exists: false });
  const value = encodeAssignmentRecord({
    brokerId: String(broker.id),
    epoch: (record?.epoch ?? -1) + 1,
    assignedAt,
    incarnationId: broker.incarnationId,
    tenures: record?.tenures ?? [],
    moveTo: '',
  });
  return { kind: 'assigned', key: assignmentKey(topic, partition), value, compare };
}

/** @param broker undefined when the partition stays after all */
function setMove(unit: PartitionUnit, broker: PlannedBroker | undefined): AssignmentChange {
  const { topic, partition, record } = unit;
  if (record === undefined) throw new RangeError(`${topic}-${partition} has no leader that could release it`);
  const compare: KeyCompare[] = [asRead(unit)];
  if (broker !== undefined) compare.push({ key: incarnationKey(broker.incarnationId), exists: true });
  const moveTo = broker === undefined ? '' : String(broker.id);
  const kind = broker === undefined ? 'withdrawn' : 'moved';
  return { kind, key: assignmentKey(topic, partition), value: encodeAssignmentRecord({ ...record, moveTo }), compare };
}

function asRead({ topic, partition, record }: PartitionUnit): KeyCompare {
  return { key: assignmentKey(topic, partition), modRevision: record?.modRevision ?? 0 };
}

/** As many changes in each transaction as fit; what several of them compare is compared once. */
function inTransactions(changes: readonly AssignmentChange[], always: KeyCompare): AssignmentTransaction[] {
  const transactions: AssignmentTransaction[] = [];
  let some: AssignmentChange[] = [];
  let compares = new Map<string, KeyCompare>();
  let bytes = 0;
  const finish = () => {
    if (some.length > 0) transactions.push(transactionOf(some, [always, ...compares.values()]));
    some = [];
    compares = new Map();
    bytes = 0;
  };
  for (const change of changes) {
    const added = change.compare.filter(({ key }) => !compares.has(key)).length;
    const size = change.key.length + change.value.length;
    if (1 + compares.size + added > MAX_TXN_OPERATIONS || bytes + size > MAX_TXN_BYTES) finish();
    for (const compare of change.compare) compares.set(compare.key, compare);
    some.push(change);
    bytes += size;
  }
  finish();
  return transactions;
}

function transactionOf(changes: readonly AssignmentChange[], compare: readonly KeyCompare[]): AssignmentTransaction {
  const count = (wanted: AssignmentChange['kind']) => changes.filter(({ kind }) => kind === wanted).length;
  return {
    transaction: { compare, success: changes.map(({ key, value }) => ({ type: 'put', key, value })) },
    assigned: count('assigned'),
    moved: count('moved'),
  };
}
