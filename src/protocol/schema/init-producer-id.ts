/**
 * InitProducerId (key 22): gives a producer the id and epoch that make its retries recognisable (KIP-98).
 *
 * - An idempotent producer asks without a transactional id and may ask any broker.
 * - A transactional producer asks its transaction coordinator; an older producer with the same id is fenced off.
 * - v6 (two-phase commit, KIP-939) is unstable in Kafka 4.4 and not declared here.
 *
 * Versions:
 * - v2 is flexible.
 * - v3 lets a producer go on after INVALID_PRODUCER_EPOCH by giving its present id and epoch (KIP-360).
 * - v4 may answer PRODUCER_FENCED (KIP-588).
 * - v5 may answer TRANSACTION_ABORTABLE (KIP-890).
 */
import type { RequestOf, ResponseOf } from '../codec/declare.js';
import { defineApi, int16, int32, int64, string } from '../codec/declare.js';

export const InitProducerId = defineApi({
  key: 22,
  name: 'InitProducerId',
  versions: '0-5',
  flexible: '2+',
  request: {
    /** Null for a producer that is only idempotent. */
    transactionalId: string('all', { nullable: true }),
    /** How long a transaction may lie idle. Has a meaning with a transactional id only. */
    transactionTimeoutMs: int32(),
    /** The present id, -1 for a new one. */
    producerId: int64('3+', { default: -1 }),
    /** The present epoch, -1 for a new one. */
    producerEpoch: int16('3+', { default: -1 }),
  },
  response: {
    throttleTimeMs: int32('all', { default: 0 }),
    errorCode: int16(),
    producerId: int64('all', { default: -1 }),
    producerEpoch: int16(),
  },
});

export type InitProducerIdRequest = RequestOf<typeof InitProducerId>;
export type InitProducerIdResponse = ResponseOf<typeof InitProducerId>;
