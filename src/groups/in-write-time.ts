import { ErrorCode, KafkaError } from '../protocol/errors.js';
import type { Clock } from '../time/clock.js';
import { withinTime } from '../time/within-time.js';
import { WRITE_TIMEOUT_MS } from './group-options.js';

/**
 * Waits until a write is durable, but not for longer than a request may; it may become durable later all the same.
 *
 * @throws KafkaError as the write, and COORDINATOR_NOT_AVAILABLE when it takes too long
 */
export function inWriteTime<T>(clock: Clock, write: Promise<T>): Promise<T> {
  return withinTime(clock, WRITE_TIMEOUT_MS, write, () => {
    return new KafkaError(ErrorCode.COORDINATOR_NOT_AVAILABLE, 'the metadata store has not answered in time');
  });
}
