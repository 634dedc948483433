import { describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { FindCoordinator, InitProducerId } from '../../../src/protocol/schema/index.js';
import type { WireClient } from '../../support/wire-client.js';
import { initProducerId, newProducer, numbered } from '../producers.js';
import type { Producer } from '../producers.js';
import { batches, batchOf, endOffset, fetchOne, produce } from '../records.js';
import type { ProducedPartition } from '../records.js';
import type { Subject } from '../subject.js';
import { createTopic, uniqueName } from '../topics.js';
import type { TestTopic } from '../topics.js';
import { until } from '../../support/until.js';

/** Kind of coordinator. */
const TRANSACTION = 1;
/** What Apache Kafka answers to a transactional id that it does not know. */
const INVALID_PRODUCER_ID_MAPPING = 49;
const LAST_SEQUENCE = 2 ** 31 - 1;

export function idempotenceCases(subject: Subject): void {
  describe('idempotent producers', () => {
    test('49 a batch that is sent again is stored once and answered with its first offset', async () => {
      const { client, topic, producer } = await start(subject);
      await produce(client, topic, batchOf(['before']));
      const batch = numbered(producer, 0, ['a', 'b']);
      const first = await produce(client, topic, batch);
      expect(first).toMatchObject(appendedAt(1));
      expect(await produce(client, topic, batch)).toMatchObject(appendedAt(1));
      expect(await endOffset(client, topic)).toBe(3);
    });

    test('50 the last five batches are recognised, an older one is out of order: 45', async () => {
      const { client, topic, producer } = await start(subject);
      const sent = [0, 1, 2, 3, 4, 5].map((sequence) => numbered(producer, sequence));
      for (const batch of sent) await produce(client, topic, batch);
      for (const index of [5, 3, 1])
        expect(await produce(client, topic, sent[index]!)).toMatchObject(appendedAt(index));
      expect(await produce(client, topic, sent[0]!)).toMatchObject(outOfOrder);
      expect(await endOffset(client, topic)).toBe(6);
    });

    test('51 a gap in the sequence is refused, 45; the right batch is then appended', async () => {
      const { client, topic, producer } = await start(subject);
      await produce(client, topic, numbered(producer, 0));
      expect(await produce(client, topic, numbered(producer, 2))).toMatchObject(outOfOrder);
      expect(await endOffset(client, topic)).toBe(1);
      expect(await produce(client, topic, numbered(producer, 1))).toMatchObject(appendedAt(1));
    });

    test('51 a batch that repeats a part of the last one is refused: 45', async () => {
      const { client, topic, producer } = await start(subject);
      await produce(client, topic, numbered(producer, 0, ['a', 'b', 'c']));
      expect(await produce(client, topic, numbered(producer, 1, ['b', 'c']))).toMatchObject(outOfOrder);
      expect(await produce(client, topic, numbered(producer, 0, ['a', 'b', 'c', 'd']))).toMatchObject(outOfOrder);
      expect(await endOffset(client, topic)).toBe(3);
    });

    test('52 a new epoch begins at sequence 0, else 45; an old epoch is refused: 47', async () => {
      const { client, topic, producer } = await start(subject);
      const next = { ...producer, producerEpoch: producer.producerEpoch + 1 };
      await produce(client, topic, numbered(producer, 0));
      expect(await produce(client, topic, numbered(next, 3))).toMatchObject(outOfOrder);
      expect(await produce(client, topic, numbered(next, 0))).toMatchObject(appendedAt(1));
      expect(await produce(client, topic, numbered(producer, 1))).toMatchObject({
        errorCode: ErrorCode.INVALID_PRODUCER_EPOCH,
        baseOffset: -1,
      });
      expect(await endOffset(client, topic)).toBe(2);
    });

    test('53 sequence 0 follows 2^31 - 1, between batches and within one', async () => {
      const { client, topic, producer } = await start(subject);
      expect(await produce(client, topic, numbered(producer, LAST_SEQUENCE))).toMatchObject(appendedAt(0));
      expect(await produce(client, topic, numbered(producer, 0))).toMatchObject(appendedAt(1));
      const within = await createTopic(client);
      const three = numbered(producer, LAST_SEQUENCE - 1, ['a', 'b', 'c']);
      expect(await produce(client, within, three)).toMatchObject(appendedAt(0));
      expect(await produce(client, within, three)).toMatchObject(appendedAt(0));
      expect(await produce(client, within, numbered(producer, 1))).toMatchObject(appendedAt(3));
    });

    test('54 a producer that the partition does not know may begin at any sequence', async () => {
      const { client, topic, producer } = await start(subject);
      expect(await produce(client, topic, numbered(producer, 100))).toMatchObject(appendedAt(0));
      expect(await produce(client, topic, numbered(producer, 101))).toMatchObject(appendedAt(1));
    });

    test('55 a batch that is sent again before the first is answered gets the same offset', async () => {
      const { client, topic, producer } = await start(subject);
      const other = await subject.connect();
      const batch = numbered(producer, 0, ['a', 'b']);
      const results = await Promise.all([
        produce(client, topic, batch),
        produce(client, topic, batch),
        produce(other, topic, batch),
      ]);
      expect(results).toMatchObject([appendedAt(0), appendedAt(0), appendedAt(0)]);
      expect(batches(await fetchOne(client, topic, 0))).toHaveLength(1);
    });

    test.each([0, 2, 5])(
      '57 each producer gets an id of its own, and epoch 0 (InitProducerId v%i)',
      async (version) => {
        const [one, other] = [await subject.connect(), await subject.connect()];
        const producers = [
          await newProducer(one, version),
          await newProducer(one, version),
          await newProducer(other, version),
        ];
        expect(producers.map(({ producerEpoch }) => producerEpoch)).toEqual([0, 0, 0]);
        expect(new Set(producers.map(({ producerId }) => producerId)).size).toBe(3);
        expect(Math.min(...producers.map(({ producerId }) => producerId))).toBeGreaterThanOrEqual(0);
      },
    );

    test('58 InitProducerId with an id and no epoch, or an epoch and no id, is refused: 42', async () => {
      const { client, producer } = await start(subject);
      for (const partial of [
        { producerId: producer.producerId, producerEpoch: -1 },
        { producerId: -1, producerEpoch: 0 },
      ]) {
        const request = { transactionalId: null, transactionTimeoutMs: 60_000, ...partial };
        expect(await client.send(InitProducerId, 3, request)).toMatchObject({ errorCode: ErrorCode.INVALID_REQUEST });
      }
    });

    test('59 a transactional id is refused where there are no transactions: 53', async () => {
      const client = await subject.connect();
      await findTransactionCoordinator(subject, client);
      const { errorCode } = await initProducerId(client, uniqueName());
      expect(errorCode).toBe(
        subject.expected({
          kafscale: ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
          apacheKafka: ErrorCode.NONE,
        }),
      );
    });

    test('59 transactional batches outside a transaction are refused, and nothing is appended', async () => {
      const { client, topic, producer } = await start(subject);
      const batch = batchOf(['a'], { ...producer, baseSequence: 0, isTransactional: true });
      const anonymous = await produce(client, topic, batch);
      expect(anonymous.errorCode).toBe(
        subject.expected({
          kafscale: ErrorCode.INVALID_TXN_STATE,
          apacheKafka: ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
        }),
      );
      await findTransactionCoordinator(subject, client);
      const named = await produce(client, topic, batch, { transactionalId: uniqueName() });
      expect(named.errorCode).toBe(
        subject.expected({
          kafscale: ErrorCode.TRANSACTIONAL_ID_AUTHORIZATION_FAILED,
          apacheKafka: INVALID_PRODUCER_ID_MAPPING,
        }),
      );
      expect(await endOffset(client, topic)).toBe(0);
    });
  });
}

async function start(subject: Subject): Promise<{ client: WireClient; topic: TestTopic; producer: Producer }> {
  const client = await subject.connect();
  return { client, topic: await createTopic(client), producer: await newProducer(client) };
}

/** Apache Kafka makes the log of its transaction coordinator when somebody first asks where that is. */
async function findTransactionCoordinator(subject: Subject, client: WireClient): Promise<void> {
  if (!subject.isApacheKafka) return;
  await until('the transaction coordinator', async () => {
    const answer = await client.send(FindCoordinator, 3, { key: 'any', keyType: TRANSACTION });
    return answer.errorCode === ErrorCode.NONE ? true : undefined;
  });
}

function appendedAt(baseOffset: number): Partial<ProducedPartition> {
  return { errorCode: ErrorCode.NONE, baseOffset };
}

const outOfOrder: Partial<ProducedPartition> = { errorCode: ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, baseOffset: -1 };
