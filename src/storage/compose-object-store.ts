import type { Clock } from '../time/clock.js';
import { HedgingObjectStore, type HedgeObserver } from './hedging-object-store.js';
import { JudgedObjectStore } from './health/judged-object-store.js';
import type { StoreHealth } from './health/store-health.js';
import { MeteredObjectStore, type ObjectStoreObserver } from './metered-object-store.js';
import type { ObjectStore } from './object-store.js';
import type { CircuitState } from './replica/circuit.js';
import { ReplicaReadingObjectStore, type ReplicaObserver } from './replica/replica-reading-object-store.js';

export interface Composition {
  readonly requests: ObjectStoreObserver;
  readonly metrics: HedgeObserver & ReplicaObserver & { showCircuit(state: () => CircuitState): void };
  readonly health: StoreHealth;
  /** 0: reads are never sent twice. */
  readonly hedgeAfterMs: number;
  readonly clock: Clock;
}

/**
 * The object store as the broker uses it, from the inside out: every request is counted; those to the primary are judged
 * (the replica has its circuit); slow reads are hedged; reads of records go to the replica first, if there is one.
 */
export function composeObjectStore(
  { objects, replica }: { readonly objects: ObjectStore; readonly replica: ObjectStore | undefined },
  { requests, metrics, health, hedgeAfterMs, clock }: Composition,
): ObjectStore {
  const metered = (store: ObjectStore) => new MeteredObjectStore(store, requests, clock);
  const hedged = (store: ObjectStore) =>
    hedgeAfterMs === 0 ? store : new HedgingObjectStore(store, { afterMs: hedgeAfterMs, clock, observer: metrics });
  const primary = hedged(new JudgedObjectStore(metered(objects), health));
  if (replica === undefined) return primary;
  const reading = new ReplicaReadingObjectStore(primary, hedged(metered(replica)), { clock, observer: metrics });
  metrics.showCircuit(() => reading.circuitState);
  return reading;
}
