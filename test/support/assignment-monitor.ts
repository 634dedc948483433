import {
  ASSIGNMENTS_PREFIX,
  CONTROLLER_KEY,
  incarnationKey,
  INCARNATIONS_PREFIX,
  parseKey,
  topicAssignmentsPrefix,
} from '../../src/metadata/keys.js';
import type {
  KeyValue,
  Lease,
  MetadataStore,
  Snapshot,
  Transaction,
  TransactionResult,
  Watch,
  WatchListener,
} from '../../src/metadata/metadata-store.js';
import { decodeAssignmentRecord } from '../../src/metadata/partition-assignment.js';

/**
 * Watches what controllers write about assignments, and notes what the design forbids. The store behind it must answer
 * calls in their order, as the embedded one does.
 */
export class AssignmentMonitor implements MetadataStore {
  readonly violations: string[] = [];
  /** How many partitions were given a leader. */
  assigned = 0;
  /** Owners by partition and epoch, since the topic was created. */
  private readonly owners = new Map<string, string>();

  constructor(private readonly store: MetadataStore) {}

  async txn(transaction: Transaction): Promise<TransactionResult> {
    const keys = transaction.success.flatMap((one) => (one.type === 'put' ? [one.key] : []));
    const watched = keys.filter((key) => parseKey(key)?.type === 'assignment');
    // All of these are carried out before anything else is: they see the moments before and after the transaction.
    const before = watched.map((key) => this.store.get(key));
    const living = this.store.range(INCARNATIONS_PREFIX);
    const controller = this.store.get(CONTROLLER_KEY);
    const done = this.store.txn(transaction);
    const after = watched.map((key) => this.store.get(key));
    const result = await done;
    if (!result.succeeded || watched.length === 0) return result;
    const live = new Set((await living).entries.map(({ key }) => key));
    const isLive = (incarnationId: string) => live.has(incarnationKey(incarnationId));
    if ((await controller) === undefined) this.violations.push('R9: written without a controller');
    for (const [index, read] of after.entries()) this.examine(await before[index], await read, isLive);
    return result;
  }

  /** To be called when a topic was deleted: its namesake begins anew. */
  forget(topic: string): void {
    for (const key of this.owners.keys()) {
      if (key.startsWith(topicAssignmentsPrefix(topic))) this.owners.delete(key);
    }
  }

  private examine(
    before: KeyValue | undefined,
    after: KeyValue | undefined,
    isLive: (incarnationId: string) => boolean,
  ): void {
    if (after === undefined) return;
    const old = before && decodeAssignmentRecord(before);
    const now = decodeAssignmentRecord(after);
    const name = after.key.slice(ASSIGNMENTS_PREFIX.length);
    const note = (violation: string) => this.violations.push(`${name}: ${violation}`);
    const lastEpoch = old?.epoch ?? -1;
    if (now.epoch === lastEpoch) {
      if (now.incarnationId !== old?.incarnationId) note('R5: another leader under the same epoch');
      return;
    }
    this.assigned += 1;
    if (now.epoch !== lastEpoch + 1) note(`epoch ${now.epoch} after ${lastEpoch}`);
    if (old !== undefined && old.incarnationId !== '' && isLive(old.incarnationId))
      note('R5: taken from a live leader');
    if (!isLive(now.incarnationId)) note('R9: given to an incarnation that has ended');
    if (JSON.stringify(now.tenures) !== JSON.stringify(old?.tenures ?? [])) note('R7: tenures were changed');
    const term = `${after.key}@${now.epoch}`;
    const owner = this.owners.get(term);
    if (owner !== undefined && owner !== now.incarnationId) note(`I4: two owners of epoch ${now.epoch}`);
    this.owners.set(term, now.incarnationId);
  }

  get(key: string): Promise<KeyValue | undefined> {
    return this.store.get(key);
  }

  range(prefix: string): Promise<Snapshot> {
    return this.store.range(prefix);
  }

  watch(prefix: string, listener: WatchListener): Watch {
    return this.store.watch(prefix, listener);
  }

  grantLease(ttlMs: number): Promise<Lease> {
    return this.store.grantLease(ttlMs);
  }

  check(): Promise<void> {
    return this.store.check();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
