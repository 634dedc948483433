import type { Lease, MetadataStore, Operation } from '../../src/metadata/metadata-store.js';

export interface MetadataStoreHarness {
  /** Opens a connection to a store that is empty at the start of each test; all connections of a test see the same. */
  connect(): Promise<MetadataStore>;
  /** Ends a lease behind its holder's back. */
  endLease(lease: Lease): Promise<void>;
  /** Forgets everything and closes all connections. */
  reset(): Promise<void>;
}

export const bytes = (text: string) => Buffer.from(text);
export const put = (key: string, value: string, lease?: Lease): Operation => ({
  type: 'put',
  key,
  value: bytes(value),
  ...(lease === undefined ? {} : { lease }),
});

/** Puts one value, whatever was there. */
export function putValue(store: MetadataStore, key: string, value: string, lease?: Lease) {
  return store.txn({ compare: [], success: [put(key, value, lease)] });
}

/** Resolves when the condition holds, which is looked at every 20 ms. */
export async function becomes(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20));
}
