import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import type { Clock } from '../../time/clock.js';
import { WRITE_TIMEOUT_MS } from '../group-options.js';
import type { GroupSnapshot } from './group-snapshot.js';
import type { ClassicEnvironment } from './rebalance.js';

/**
 * Makes a state durable, or gives up waiting for it; it may become durable later all the same.
 *
 * @throws KafkaError as `save`, and COORDINATOR_NOT_AVAILABLE when it takes too long
 */
export function saveInTime(env: Pick<ClassicEnvironment, 'clock' | 'save'>, snapshot: GroupSnapshot): Promise<void> {
  return inWriteTime(env.clock, env.save(snapshot));
}

/** @throws KafkaError COORDINATOR_NOT_AVAILABLE when a write takes longer than a request may wait for it */
export async function inWriteTime<T>(clock: Clock, write: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = clock.setTimer(WRITE_TIMEOUT_MS, () => {
    late.reject(new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE, 'the metadata store has not answered in time'));
  });
  try {
    return await Promise.race([write, late.promise]);
  } finally {
    timer.cancel();
  }
}
