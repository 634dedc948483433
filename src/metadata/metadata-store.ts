/**
 * The small, linearizable key-value store that holds all metadata: etcd, or an embedded one for a single broker.
 *
 * Keys are relative to the store's prefix and never start with `/`. Every implementation passes the same contract suite
 * (`test/contract/metadata-store.contract.ts`). Revisions are etcd's: one counter for the whole store that grows with
 * every transaction that changes something.
 */
export interface MetadataStore {
  get(key: string): Promise<KeyValue | undefined>;

  /** All keys that start with `prefix`, in key order, as of one revision. */
  range(prefix: string): Promise<Snapshot>;

  /**
   * Runs `success` if every compare holds, else `failure`, atomically.
   *
   * At most {@link MAX_TXN_OPERATIONS} compares, and as many operations in either branch. A branch that only puts and
   * deletes keys may have up to {@link MAX_TXN_WRITES}, where compares and the other branch are few
   * ({@link MAX_BESIDE_MANY_WRITES}).
   *
   * Within a branch no key is changed twice.
   *
   * @throws MetadataUnavailableError when no answer came: the transaction may have been applied, or may be applied later
   *   (also when the store has no room at the moment)
   * @throws MetadataStoreError when the store refused the transaction: it was not applied
   * @throws RangeError when the transaction breaks the rules above
   */
  txn(transaction: Transaction): Promise<TransactionResult>;

  /**
   * Mirrors a prefix: one {@link WatchListener.snapshot} first, then every change in order. When the store can not
   * tell what changed (compaction, a lost connection), a new snapshot follows instead. Reconnects by itself for ever,
   * with jittered back-off.
   */
  watch(prefix: string, listener: WatchListener): Watch;

  /** Grants a lease that the store keeps alive until it is revoked, is lost, or the process ends. */
  grantLease(ttlMs: number): Promise<Lease>;

  /** Resolves when the store answers; else throws an error that says what is wrong. */
  check(): Promise<void>;

  /** Ends watches and connections. Leases are left to expire; revoke them first for a clean end. */
  close(): Promise<void>;
}

/** etcd refuses more at its default settings. */
export const MAX_TXN_OPERATIONS = 128;
/** Puts and deletes of a branch that has nothing else. */
export const MAX_TXN_WRITES = 512;
/** Compares, and operations of the other branch, beside one that has more than {@link MAX_TXN_OPERATIONS} writes. */
export const MAX_BESIDE_MANY_WRITES = 16;

export interface KeyValue {
  readonly key: string;
  readonly value: Buffer;
  readonly createRevision: number;
  readonly modRevision: number;
}

export interface Snapshot {
  readonly entries: readonly KeyValue[];
  readonly revision: number;
}

export type Compare = KeyCompare | PrefixCompare;

export type KeyCompare =
  | { readonly key: string; readonly exists: boolean }
  | { readonly key: string; readonly modRevision: number }
  | { readonly key: string; readonly value: Buffer };

/** That no key with the prefix was put since the store was at the revision. Deletions are not noticed. */
export interface PrefixCompare {
  readonly prefix: string;
  readonly unchangedSince: number;
}

export type Operation =
  | { readonly type: 'put'; readonly key: string; readonly value: Buffer; readonly lease?: Lease }
  | { readonly type: 'delete'; readonly key: string }
  | { readonly type: 'deletePrefix'; readonly prefix: string }
  | { readonly type: 'get'; readonly key: string };

export interface Transaction {
  readonly compare: readonly Compare[];
  readonly success: readonly Operation[];
  readonly failure?: readonly Operation[];
}

export interface TransactionResult {
  /** Whether every compare held. */
  readonly succeeded: boolean;
  /** The store's revision after the transaction. */
  readonly revision: number;
  /** What the `get` operations of the branch that ran found, in their order. */
  readonly reads: readonly (KeyValue | undefined)[];
}

/**
 * Never called from within a call of the store. What a listener throws is logged, and the listener is given a new
 * snapshot later.
 */
export interface WatchListener {
  /** The whole prefix as of `revision`; replaces everything heard before. */
  snapshot(entries: readonly KeyValue[], revision: number): void;
  /** The changes of one revision. */
  changes(changes: readonly Change[], revision: number): void;
}

export type Change =
  { readonly type: 'put'; readonly entry: KeyValue } | { readonly type: 'delete'; readonly key: string };

export interface Watch {
  /** Resolves when the first snapshot was delivered; rejects when the listener threw on it, or on an earlier close. */
  readonly ready: Promise<void>;
  /** Nothing is delivered afterwards. */
  close(): void;
}

export interface Lease {
  readonly id: string;
  readonly ttlMs: number;
  /**
   * Monotonic time (ms, `performance.now()`) until which the lease surely lives: the moment at which the last
   * successful keep-alive was *sent*, plus the TTL. The holder must stop relying on the lease before then.
   */
  readonly validUntil: number;
  /** Resolves when the store has said that the lease is gone without our having revoked it. */
  readonly lost: Promise<void>;
  /** Deletes the keys that are bound to the lease, now. */
  revoke(): Promise<void>;
}

/** The store did not answer. A transaction may have been applied, or may be applied later. */
export class MetadataUnavailableError extends Error {
  override readonly name = 'MetadataUnavailableError';
}

/** The store refused the call and applied nothing: bad credentials, no space left, a lease that is gone, a closed store. */
export class MetadataStoreError extends Error {
  override readonly name = 'MetadataStoreError';
}

/** A stored value cannot be read: it is damaged, or was written by a newer version of KafScale. */
export class MetadataFormatError extends Error {
  override readonly name = 'MetadataFormatError';
}

/** The metadata store and the bucket don't belong together: no broker may serve, and nothing may be deleted. */
export class MetadataMismatchError extends Error {
  override readonly name = 'MetadataMismatchError';
}
