import type { Transaction } from '../../src/metadata/metadata-store.js';
import { STORE_OPERATIONS, type StoreOperation } from '../../src/metrics/store-request-metrics.js';
import { MeteredObjectStore } from '../../src/storage/metered-object-store.js';
import { parseManifestKey, parseWalKey } from '../../src/storage/object-keys.js';
import type { ByteRange, CreateOptions, ObjectStore, ReadOptions } from '../../src/storage/object-store.js';
import type { Clock } from '../../src/time/clock.js';

/** What objects are for, by their keys. */
export const OBJECT_KINDS = ['wal', 'merged', 'segment', 'index', 'manifest', 'other'] as const;
export type ObjectKind = (typeof OBJECT_KINDS)[number];

/** What was asked of the stores. */
export interface StoreRequests {
  readonly operations: Readonly<Record<StoreOperation, number>>;
  readonly puts: Readonly<Record<ObjectKind, number>>;
  readonly gets: Readonly<Record<ObjectKind, number>>;
}

/** An object store whose requests are counted, by operation and by what they are for. */
export class RequestCounter extends MeteredObjectStore {
  private readonly puts = zeros(OBJECT_KINDS);
  private readonly gets = zeros(OBJECT_KINDS);

  private constructor(
    store: ObjectStore,
    clock: Clock,
    private readonly operations: Record<StoreOperation, number>,
  ) {
    super(store, { storeRequest: ({ operation }) => void (operations[operation] += 1) }, clock);
  }

  static over(store: ObjectStore, clock: Clock): RequestCounter {
    return new RequestCounter(store, clock, zeros(STORE_OPERATIONS));
  }

  /** All so far. */
  get requests(): StoreRequests {
    return { operations: { ...this.operations }, puts: { ...this.puts }, gets: { ...this.gets } };
  }

  override create(key: string, body: readonly Buffer[], options: CreateOptions): Promise<void> {
    this.puts[kindOf(key)] += 1;
    return super.create(key, body, options);
  }

  override read(key: string, range: ByteRange, options?: ReadOptions): Promise<Buffer> {
    this.gets[kindOf(key)] += 1;
    return super.read(key, range, options);
  }
}

/** Requests between two counts. */
export function requestsBetween(before: StoreRequests, after: StoreRequests): StoreRequests {
  return {
    operations: difference(before.operations, after.operations),
    puts: difference(before.puts, after.puts),
    gets: difference(before.gets, after.gets),
  };
}

/** What a transaction writes: keys, and bytes of keys and values. */
export function writtenBy({ success }: Transaction): { keys: number; bytes: number } {
  const puts = success.flatMap((operation) => (operation.type === 'put' ? [operation] : []));
  return {
    keys: puts.length,
    bytes: puts.reduce((sum, { key, value }) => sum + Buffer.byteLength(key) + value.length, 0),
  };
}

function kindOf(key: string): ObjectKind {
  const wal = parseWalKey(key);
  if (wal !== undefined) return wal.suffix === undefined ? 'wal' : 'merged';
  if (key.endsWith('.kfs')) return 'segment';
  if (key.endsWith('.index')) return 'index';
  return parseManifestKey(key) === undefined ? 'other' : 'manifest';
}

function zeros<K extends string>(keys: readonly K[]): Record<K, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<K, number>;
}

function difference<K extends string>(
  before: Readonly<Record<K, number>>,
  after: Readonly<Record<K, number>>,
): Record<K, number> {
  const entries = Object.entries<number>(after).map(([key, count]) => [key, count - before[key as K]]);
  return Object.fromEntries(entries) as Record<K, number>;
}
