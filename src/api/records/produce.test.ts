import { describe, expect, test } from '@jest/globals';
import { contextOf } from '../../../test/support/cluster-records.js';
import { batchOf, LogKit, TOPIC } from '../../../test/support/log-kit.js';
import type { ClusterView } from '../../cluster/cluster-view.js';
import { silentLogger } from '../../logging/logger.js';
import type { Topic, TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { TopicDefaults } from '../../metadata/topic-defaults.js';
import { ErrorCode } from '../../protocol/errors.js';
import type { NewBatch } from '../../protocol/records/build-batch.js';
import { ProduceHandler } from './produce.handler.js';

const PARTITIONS = 4;
const TIMEOUT_MS = 2_000;

/** A producer of one request at a time or many, over logs in virtual time. */
async function bench() {
  const kit = new LogKit({ writeBudgetPerSecond: 1000 });
  await kit.begin('inc-1');
  for (let partition = 0; partition < PARTITIONS; partition += 1) kit.openEmpty(partition);
  const topic = { name: TOPIC.topicName, id: TOPIC.topicId, partitionCount: PARTITIONS, configs: new Map() };
  const catalogue = { get: () => topic as unknown as Topic } as unknown as TopicCatalogue;
  const cluster = { leaderOf: () => undefined, brokers: () => [] } as unknown as ClusterView;
  const defaults = new TopicDefaults(kit.metadata, kit.clock, silentLogger);
  const store = { admits: true };
  const options = { deepValidation: false, throttleTimeMs: () => 0, admitsWrites: () => store.admits };
  const handler = new ProduceHandler(catalogue, kit.logs, cluster, defaults, kit.clock, options);
  const produce = async (values: readonly string[], batch: Partial<NewBatch> = {}) => {
    const partitionData = values.map((value, index) => ({ index, records: batchOf([value], batch).bytes }));
    const topicData = [{ name: topic.name, topicId: '', partitionData }];
    const request = { transactionalId: null, acks: -1, timeoutMs: TIMEOUT_MS, topicData };
    const response = await handler.handle(request, contextOf(9));
    return response?.responses[0]?.partitionResponses ?? [];
  };
  return { kit, produce, store };
}

const errorsOf = (responses: readonly { errorCode: number }[]) => responses.map(({ errorCode }) => errorCode);

describe('Produce', () => {
  test('the partitions of a request, and the requests behind it, share one upload', async () => {
    const { kit, produce } = await bench();
    kit.objects.setFaults({ latencyMs: [100, 100] });
    const requests = Array.from({ length: 5 }, () => produce(['a', 'b', 'c', 'd']));
    const answers = await kit.clock.until(Promise.all(requests));
    expect(kit.clock.monotonic()).toBe(100);
    expect(await kit.storedKeys()).toHaveLength(1);
    expect(answers.map(([first]) => first?.baseOffset)).toEqual([0, 1, 2, 3, 4]);
  });

  test('one partition that is refused leaves the others alone', async () => {
    const { kit, produce } = await bench();
    kit.logs.find(TOPIC.topicId, 1)?.append(batchOf(['x'], { producerId: 7, producerEpoch: 3, baseSequence: 0 }));
    const stale = { producerId: 7, producerEpoch: 2, baseSequence: 0 };
    const answers = await kit.clock.until(produce(['a', 'b', 'c'], stale));
    expect(errorsOf(answers)).toEqual([ErrorCode.NONE, ErrorCode.INVALID_PRODUCER_EPOCH, ErrorCode.NONE]);
  });

  test.each([
    ['refuses', { failBefore: 1 }],
    ['asks to slow down', { slowDown: 1 }],
    ['never answers', { latencyMs: [3_600_000, 3_600_000] as const }],
  ])(
    'a store that %s: told to try again in time, and the retry of what was stored meanwhile is recognised (I8)',
    async (_how, faults) => {
      const { kit, produce } = await bench();
      const batch = { producerId: 7, producerEpoch: 0, baseSequence: 0 };
      kit.objects.setFaults(faults);
      expect(errorsOf(await kit.clock.until(produce(['a'], batch)))).toEqual([ErrorCode.REQUEST_TIMED_OUT]);
      expect(kit.clock.monotonic()).toBe(TIMEOUT_MS);
      kit.objects.setFaults({});
      if ('latencyMs' in faults) await kit.clock.advance(3_600_000);
      expect(await kit.clock.until(produce(['a'], batch))).toMatchObject([
        { errorCode: ErrorCode.NONE, baseOffset: 0 },
      ]);
      expect(kit.logs.find(TOPIC.topicId, 0)?.highWatermark).toBe(1);
    },
  );

  test('while the object store is unavailable nothing new is taken, and what was taken is still committed', async () => {
    const { kit, produce, store } = await bench();
    kit.objects.setFaults({ failBefore: 1 });
    const batch = { producerId: 7, producerEpoch: 0, baseSequence: 0 };
    const taken = produce(['a'], batch);
    await kit.clock.advance(100);
    store.admits = false;
    const next = { ...batch, baseSequence: 1 };
    const refused = await kit.clock.until(produce(['b', 'b'], next));
    expect(errorsOf(refused)).toEqual([ErrorCode.NOT_ENOUGH_REPLICAS, ErrorCode.NOT_ENOUGH_REPLICAS]);
    expect(refused.map(({ baseOffset }) => baseOffset)).toEqual([-1, -1]);
    expect(kit.logs.find(TOPIC.topicId, 0)?.logEndOffset).toBe(1);

    kit.objects.setFaults({});
    expect(errorsOf(await kit.clock.until(taken))).toEqual([ErrorCode.NONE]);
    store.admits = true;
    expect(await kit.clock.until(produce(['b'], next))).toMatchObject([{ errorCode: ErrorCode.NONE, baseOffset: 1 }]);
  });

  test('a leader that has lost its incarnation says so, also to who waits', async () => {
    const { kit, produce } = await bench();
    kit.objects.setFaults({ failBefore: 1 });
    const waiting = produce(['a']);
    await kit.clock.advance(100);
    kit.logs.abandon('the lease is gone');
    expect(errorsOf(await kit.clock.until(waiting))).toEqual([ErrorCode.NOT_LEADER_OR_FOLLOWER]);
    expect(errorsOf(await kit.clock.until(produce(['a'])))).toEqual([ErrorCode.NOT_LEADER_OR_FOLLOWER]);
  });
});
