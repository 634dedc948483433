import { ErrorCode } from '../../src/protocol/errors.js';
import { InitProducerId } from '../../src/protocol/schema/index.js';
import type { WireClient } from '../support/wire-client.js';
import { batchOf } from './records.js';
import { until } from '../support/until.js';

export interface Producer {
  readonly producerId: number;
  readonly producerEpoch: number;
}

/** "Ask again soon": what Apache Kafka answers while a coordinator starts, or a block of producer ids is on its way. */
const TRANSIENT: readonly number[] = [
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.NOT_COORDINATOR,
];

/** The answer to InitProducerId, when it is final. */
export function initProducerId(client: WireClient, transactionalId: string | null, version = 5) {
  return until('a producer id', async () => {
    const answer = await client.send(InitProducerId, version, { transactionalId, transactionTimeoutMs: 60_000 });
    return TRANSIENT.includes(answer.errorCode) ? undefined : answer;
  });
}

/** Gets the id of a new idempotent producer. */
export async function newProducer(client: WireClient, version = 5): Promise<Producer> {
  const { errorCode, producerId, producerEpoch } = await initProducerId(client, null, version);
  if (errorCode !== ErrorCode.NONE) throw new Error(`no producer id: error ${errorCode}`);
  return { producerId, producerEpoch };
}

/** A batch of an idempotent producer; its first record has the sequence number `baseSequence`. */
export function numbered(producer: Producer, baseSequence: number, values: readonly string[] = ['value']): Buffer {
  return batchOf(values, { ...producer, baseSequence });
}
