import type { BrokerConfig } from './config/broker-config.js';
import type { Stores } from './open-stores.js';
import { adoptFormatLevel } from './metadata/format-level.js';
import { verifyMetadata } from './recovery/verify-metadata.js';
import { systemClock } from './time/clock.js';

/**
 * {@link verifyMetadata} with the patience of a start: before it, and before each further incarnation. The format level comes
 * first, as a later one may have been finalized since.
 *
 * @param signal gives up early
 * @throws what adoptFormatLevel and verifyMetadata throw, and the signal's reason
 */
export async function verifyStores(
  config: BrokerConfig,
  { objects, metadata }: Stores,
  signal: AbortSignal,
): Promise<void> {
  await adoptFormatLevel(metadata);
  const stores = { objects, metadata, namespace: config.objects.namespace };
  const patience = { timeoutMs: config.startupTimeoutMs, clock: systemClock, random: Math.random, signal };
  await verifyMetadata(stores, patience);
}
