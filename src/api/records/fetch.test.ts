import { describe, expect, jest, test } from '@jest/globals';
import { HandCompaction } from '../../../test/support/hand-compaction.js';
import { batchOf, LogKit, TOPIC } from '../../../test/support/log-kit.js';
import type { ClusterView } from '../../cluster/cluster-view.js';
import { silentLogger } from '../../logging/logger.js';
import type { PartitionLog } from '../../log/partition-log.js';
import type { Topic, TopicCatalogue } from '../../metadata/topic-catalogue.js';
import type { RequestOf } from '../../protocol/codec/index.js';
import { ErrorCode } from '../../protocol/errors.js';
import type { Fetch } from '../../protocol/schema/fetch.js';
import type { RequestContext } from '../../protocol/transport/index.js';
import type { Clock } from '../../time/clock.js';
import { FetchHandler } from './fetch.handler.js';
import { ReplicaSelection } from './replica-selection.js';

type Request = RequestOf<typeof Fetch>;

const PARTITIONS = 3;
const topic: Topic = {
  name: TOPIC.topicName,
  id: TOPIC.topicId,
  partitionCount: PARTITIONS,
  replicationFactor: 1,
  configs: new Map(),
  createdAt: '',
};

interface Bench {
  readonly kit: LogKit;
  readonly served: Record<'memory' | 'store', number>;
  readonly closed: AbortController;
  /** The metadata store says that this broker's incarnation is over, before its lease has run out here. */
  readonly deposed: () => void;
  readonly fetch: (
    offsets: readonly number[],
    options?: Partial<Request>,
    version?: number,
  ) => ReturnType<FetchHandler['handle']>;
  readonly produce: (partition: number, value: string) => Promise<void>;
}

/** @param timersEarlyMs how much sooner than asked the handler's timers fire, as those of real clocks do */
async function bench(options: ConstructorParameters<typeof LogKit>[0] = {}, timersEarlyMs = 0): Promise<Bench> {
  const kit = new LogKit({ writeBudgetPerSecond: 1000, ...options });
  await kit.begin('inc-1');
  for (let partition = 0; partition < PARTITIONS; partition += 1) kit.openEmpty(partition);
  const catalogue = { get: (name: string) => (name === topic.name ? topic : undefined) } as TopicCatalogue;
  const cluster = {
    leaderOf: () => undefined,
    brokers: () => [],
    nearReplica: () => undefined,
  } as unknown as ClusterView;
  const served = kit.blocksServed;
  const clock: Clock = {
    now: () => kit.clock.now(),
    monotonic: () => kit.clock.monotonic(),
    setTimer: (delayMs, callback) => kit.clock.setTimer(delayMs - timersEarlyMs, callback),
    defer: (callback) => kit.clock.defer(callback),
  };
  const replicas = new ReplicaSelection(cluster, null, { follow: () => undefined }, clock);
  let deposed = false;
  const confirmLive = () => Promise.resolve(!deposed);
  const handler = new FetchHandler(catalogue, kit.logs, replicas, cluster, { confirmLive }, clock, silentLogger);
  const closed = new AbortController();
  return {
    kit,
    deposed: () => (deposed = true),
    served,
    closed,
    fetch(offsets, request = {}, version = 12) {
      const partitions = offsets.map((fetchOffset, partition) => ({
        partition,
        fetchOffset,
        currentLeaderEpoch: -1,
        partitionMaxBytes: 1024 * 1024,
      }));
      const context = { apiVersion: version, closed: closed.signal, shutdown: new AbortController().signal };
      return handler.handle(
        {
          replicaId: -1,
          replicaState: { replicaId: -1, replicaEpoch: -1 },
          maxWaitMs: 500,
          minBytes: 1,
          maxBytes: 50 * 1024 * 1024,
          isolationLevel: 0,
          sessionId: 0,
          sessionEpoch: -1,
          topics: [{ topic: topic.name, topicId: '', partitions }],
          ...request,
        } as unknown as Request,
        context as RequestContext,
      );
    },
    async produce(partition, value) {
      const log = kit.logs.find(topic.id, partition);
      await kit.clock.until(log?.append(batchOf([value])).committed ?? Promise.reject(new Error('no log')));
    },
  };
}

type Response = Awaited<ReturnType<FetchHandler['handle']>>;

const partitionsOf = (response: Response) => response.responses[0]?.partitions ?? [];
const batchCounts = (response: Response) => partitionsOf(response).map(({ records }) => records?.length ?? 0);
const errorsOf = (response: Response) => partitionsOf(response).map(({ errorCode }) => errorCode);

describe('waiting', () => {
  test('with nothing to read, the answer comes after the maximum wait, and is empty', async () => {
    const { kit, fetch } = await bench();
    const response = await kit.clock.until(fetch([0, 0, 0]));
    expect(kit.clock.monotonic()).toBe(500);
    expect([batchCounts(response), errorsOf(response)]).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
  });

  test('a timer that fires a fraction of a millisecond early ends it too', async () => {
    const { kit, fetch } = await bench({}, 0.25);
    await kit.clock.until(fetch([0, 0, 0]));
    expect(kit.clock.monotonic()).toBe(499.75);
  });

  test('one wait covers all partitions: a commit to any of them ends it', async () => {
    const { kit, fetch, produce } = await bench();
    const fetching = fetch([0, 0, 0], { maxWaitMs: 60_000 });
    await kit.clock.advance(100);
    await produce(2, 'x');
    expect(batchCounts(await kit.clock.until(fetching))).toEqual([0, 0, 1]);
    expect(kit.clock.monotonic()).toBeLessThan(200);
  });

  test('asks neither store while it waits (I7)', async () => {
    const { kit, fetch } = await bench();
    const calls = [
      ...(['get', 'range', 'txn', 'watch'] as const).map((call) => jest.spyOn(kit.storedMetadata, call)),
      ...(['read', 'readEnd', 'head', 'list'] as const).map((call) => jest.spyOn(kit.storedObjects, call)),
    ];
    await kit.clock.until(fetch([0, 0, 0], { maxWaitMs: 60_000 }));
    expect(kit.clock.monotonic()).toBe(60_000);
    for (const call of calls) expect(call).not.toHaveBeenCalled();
  });

  test('fewer than the minimum bytes do not end it', async () => {
    const { kit, fetch, produce } = await bench();
    const size = batchOf(['x']).sizeInBytes;
    const fetching = fetch([0, 0, 0], { maxWaitMs: 60_000, minBytes: 2 * size });
    await kit.clock.advance(50);
    await produce(0, 'x');
    let done = false;
    void Promise.resolve(fetching).then(() => (done = true));
    await kit.clock.advance(1_000);
    expect(done).toBe(false);
    await produce(1, 'y');
    expect(batchCounts(await kit.clock.until(fetching))).toEqual([1, 1, 0]);
  });

  test('an error of one partition ends it at once', async () => {
    const { kit, fetch } = await bench();
    const response = await kit.clock.until(fetch([0, 7, 0], { maxWaitMs: 60_000 }));
    expect(kit.clock.monotonic()).toBe(0);
    expect(errorsOf(response)).toEqual([0, ErrorCode.OFFSET_OUT_OF_RANGE, 0]);
  });

  test('R14, I3: who was deposed tells nobody that the log ends, though its lease still runs', async () => {
    const { kit, fetch, deposed } = await bench();
    deposed();
    const response = await kit.clock.until(fetch([0, 7, 0], { maxWaitMs: 60_000 }));
    expect(errorsOf(response)).toEqual([0, ErrorCode.NOT_LEADER_OR_FOLLOWER, 0]);
  });

  test('a client that goes away ends it', async () => {
    const { kit, fetch, closed } = await bench();
    const fetching = fetch([0, 0, 0], { maxWaitMs: 60_000 });
    await kit.clock.advance(10);
    closed.abort();
    await kit.clock.until(fetching);
    expect(kit.clock.monotonic()).toBe(10);
  });

  test('a partition that stops being led here ends it', async () => {
    const { kit, fetch } = await bench();
    const fetching = fetch([0, 0, 0], { maxWaitMs: 60_000 });
    await kit.clock.advance(10);
    kit.logs.abandon('moved away');
    expect(errorsOf(await kit.clock.until(fetching))).toEqual(Array(3).fill(ErrorCode.NOT_LEADER_OR_FOLLOWER));
  });
});

describe('limits', () => {
  test('the whole response is bounded, but its first batch always comes', async () => {
    const { kit, fetch, produce } = await bench();
    for (const partition of [0, 1, 2]) await produce(partition, 'x'.repeat(2000));
    const one = await kit.clock.until(fetch([0, 0, 0], { maxBytes: 1 }));
    expect(batchCounts(one)).toEqual([1, 0, 0]);
    const two = await kit.clock.until(fetch([0, 0, 0], { maxBytes: 5000 }));
    expect(batchCounts(two)).toEqual([1, 1, 0]);
  });

  test('rule 14: past the lease deadline an offset beyond the end is somebody else’s to judge', async () => {
    const { kit, fetch } = await bench();
    kit.live = false;
    expect(errorsOf(await kit.clock.until(fetch([9])))).toEqual([ErrorCode.NOT_LEADER_OR_FOLLOWER]);
  });

  test('between high watermark and log end a fetch waits, without an error', async () => {
    const { kit, fetch } = await bench();
    kit.objects.setFaults({ failBefore: 1 });
    kit.logs.find(topic.id, 0)?.append(batchOf(['pending']));
    await kit.clock.settle();
    const response = await kit.clock.until(fetch([1]));
    expect(partitionsOf(response)[0]).toMatchObject({ errorCode: 0, highWatermark: 0 });
  });
});

describe('cold data', () => {
  /** One object in partition 0 that is in no cache, one in partition 1 that is. */
  async function coldAndHot() {
    const made = await bench({ cacheBytes: 8_000 });
    await made.produce(0, 'cold'.repeat(800));
    await made.produce(1, 'hot'.repeat(1000));
    return made;
  }

  test('is read even when the client wants no wait', async () => {
    const { kit, fetch, served } = await coldAndHot();
    kit.objects.setFaults({ latencyMs: [80, 80] });
    const response = await kit.clock.until(fetch([0], { maxWaitMs: 0 }));
    expect(batchCounts(response)).toEqual([1]);
    expect(served).toEqual({ memory: 0, store: 1 });
  });

  test('does not hold up hot partitions, and is there for the next fetch', async () => {
    const { kit, fetch } = await coldAndHot();
    kit.objects.setFaults({ latencyMs: [80, 80] });
    expect(batchCounts(await kit.clock.until(fetch([0, 0])))).toEqual([0, 1]);
    expect(kit.clock.monotonic()).toBeLessThan(50);
    await kit.clock.advance(100);
    expect(batchCounts(await kit.clock.until(fetch([0, 0])))).toEqual([1, 1]);
  });

  test('a brief failure of the object store is waited out', async () => {
    const { kit, fetch } = await coldAndHot();
    kit.objects.setFaults({ failBefore: 1 });
    const fetching = fetch([0], { maxWaitMs: 500 });
    await kit.clock.advance(300);
    kit.objects.setFaults({});
    const response = await kit.clock.until(fetching);
    expect([batchCounts(response), errorsOf(response)]).toEqual([[1], [0]]);
  });

  test('that compaction has replaced meanwhile is read from where it is now', async () => {
    const { kit, fetch, produce } = await bench({ cacheBytes: 2 });
    await produce(0, 'cold');
    const log = kit.logs.find(topic.id, 0) as PartitionLog;
    const hand = new HandCompaction(kit.storedObjects, kit.logs, 'test');
    const segment = await hand.writeSegment(log, log.highWatermark);
    const read = kit.objects.read.bind(kit.objects);
    const keys: string[] = [];
    jest.spyOn(kit.objects, 'read').mockImplementation(async (key, ...rest) => {
      keys.push(key);
      if (keys.length === 1) {
        log.adoptManifest({ ...log.manifest, ...hand.added(segment)(log.manifest) });
        await kit.storedObjects.delete([key]);
      }
      return read(key, ...rest);
    });
    const askedAt = kit.clock.monotonic();
    const response = await kit.clock.until(fetch([0], { maxWaitMs: 0 }));
    expect([batchCounts(response), errorsOf(response)]).toEqual([[1], [0]]);
    expect(keys).toEqual([expect.stringContaining('/wal/'), expect.stringMatching(/\.kfs$/)]);
    expect(kit.clock.monotonic()).toBe(askedAt);
  });

  test.each([
    [12, ErrorCode.KAFKA_STORAGE_ERROR],
    [5, ErrorCode.NOT_LEADER_OR_FOLLOWER],
  ])('a lasting failure is a retriable error in version %d', async (version, code) => {
    const { kit, fetch } = await coldAndHot();
    kit.objects.setFaults({ failBefore: 1 });
    const response = await kit.clock.until(fetch([0], { maxWaitMs: 500 }, version));
    expect(errorsOf(response)).toEqual([code]);
  });

  test('is served although no cache has room for it', async () => {
    const { kit, fetch, produce } = await bench({ cacheBytes: 2 });
    await produce(0, 'x'.repeat(5000));
    expect(batchCounts(await kit.clock.until(fetch([0])))).toEqual([1]);
  });
});
