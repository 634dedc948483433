import type { BrokerConfig } from './config/broker-config.js';
import type { Stores } from './open-stores.js';
import { verifyMetadata } from './recovery/verify-metadata.js';
import { systemClock } from './time/clock.js';

/**
 * {@link verifyMetadata} with the patience of a start: before it, and before each further incarnation.
 *
 * @param signal gives up early
 * @throws what verifyMetadata throws, and the signal's reason
 */
export function verifyStores(config: BrokerConfig, { objects, metadata }: Stores, signal: AbortSignal): Promise<void> {
  const stores = { objects, metadata, namespace: config.objects.namespace };
  const patience = { timeoutMs: config.startupTimeoutMs, clock: systemClock, random: Math.random, signal };
  return verifyMetadata(stores, patience);
}
