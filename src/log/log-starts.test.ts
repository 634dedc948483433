import { describe, expect, test } from '@jest/globals';
import { batchOf, LogKit } from '../../test/support/log-kit.js';
import { successorOf, TestBroker } from '../../test/support/test-broker.js';
import { partitionStateKey } from '../metadata/keys.js';
import { MetadataUnavailableError } from '../metadata/metadata-store.js';
import { decodePartitionState } from '../metadata/records.js';
import { ErrorCode } from '../protocol/errors.js';
import { RecordBatch } from '../protocol/records/record-batch.js';
import type { PartitionLog } from './partition-log.js';
import { firstRecordAtOrAfter, recordWithMaxTimestamp } from './timestamp-search.js';

const TIMEOUT_MS = 10_000;

async function brokerWith(...batches: RecordBatch[]) {
  const kit = new LogKit({ writeBudgetPerSecond: 1000 });
  const broker = await new TestBroker(kit, 'a').start();
  const topic = await broker.createTopic('orders', 2);
  const log = broker.log(topic) as PartitionLog;
  for (const batch of batches) await kit.clock.until(log.append(batch).committed);
  const deleteBelow = (offset: number, target = log) =>
    kit.clock.until(kit.logs.deleteRecords([{ log: target, offset }], TIMEOUT_MS));
  return { kit, broker, topic, log, deleteBelow };
}

async function stateOf(kit: LogKit, partition = 0) {
  const entry = await kit.storedMetadata.get(partitionStateKey('orders', partition));
  return entry && decodePartitionState(entry.value, entry.key);
}

const values = (...texts: string[]) => batchOf(texts);
const baseOffsets = (batches: readonly Buffer[]) => batches.map((bytes) => new RecordBatch(bytes).baseOffset);

describe('deleted records', () => {
  test('are gone from the log, its size and its searches; the rest stays', async () => {
    const { log, deleteBelow } = await brokerWith(values('a', 'b'), values('c', 'd', 'e'), values('f'));
    const size = log.sizeBytes;
    await deleteBelow(3);
    expect([log.logStartOffset, log.highWatermark, log.logEndOffset]).toEqual([3, 6, 6]);
    expect(log.sizeBytes).toBe(size - values('a', 'b').sizeInBytes);
    // A batch that holds a record which is left is served whole, as from a segment of Apache Kafka.
    expect(baseOffsets(log.read(3, 1e6, true).batches)).toEqual([2, 5]);
    expect(await firstRecordAtOrAfter(log, -1)).toMatchObject({ offset: 3 });
  });

  test('all of them: the log is empty, and goes on at its end', async () => {
    const { kit, log, deleteBelow } = await brokerWith(values('a', 'b'));
    await deleteBelow(2);
    expect([log.logStartOffset, log.highWatermark, log.sizeBytes]).toEqual([2, 2, 0]);
    expect(await firstRecordAtOrAfter(log, -1)).toBeUndefined();
    expect(await recordWithMaxTimestamp(log)).toBeUndefined();
    const { baseOffset, committed } = log.append(values('c'));
    await kit.clock.until(committed);
    expect([baseOffset, log.logStartOffset, log.highWatermark]).toEqual([2, 2, 3]);
  });

  test('do not count for the largest timestamp', async () => {
    const at = (...timestamps: number[]) =>
      batchOf([], { records: timestamps.map((timestamp) => ({ timestamp, value: 'v' })) });
    const { log, deleteBelow } = await brokerWith(at(900, 200, 300), at(250));
    await deleteBelow(1);
    expect(await recordWithMaxTimestamp(log)).toMatchObject({ offset: 2, timestamp: 300 });
    await deleteBelow(3);
    expect(await recordWithMaxTimestamp(log)).toMatchObject({ offset: 3, timestamp: 250 });
  });

  test('I3 I5: stay deleted after a restart, whatever is left of them', async () => {
    for (const offset of [1, 2, 4, 5]) {
      const { kit, topic, deleteBelow } = await brokerWith(values('a', 'b'), values('c', 'd', 'e'));
      await deleteBelow(offset);
      const successor = await new TestBroker(successorOf(kit), 'b').start();
      const log = successor.log(topic) as PartitionLog;
      expect([log.logStartOffset, log.highWatermark, log.logEndOffset]).toEqual([offset, 5, 5]);
      await successor.produce(topic, ['f']);
      expect([log.logStartOffset, log.highWatermark]).toEqual([offset, 6]);
    }
  });

  test('I8: a batch that is sent again is recognised although its first copy is deleted', async () => {
    const batch = () => batchOf(['a'], { producerId: 9, producerEpoch: 0, baseSequence: 0 });
    const { kit, topic, log, deleteBelow } = await brokerWith(batch());
    await deleteBelow(1);
    expect(log.append(batch()).baseOffset).toBe(0);
    const successor = await new TestBroker(successorOf(kit), 'b').start();
    expect(successor.log(topic)?.append(batch()).baseOffset).toBe(0);
  });
});

describe('the recorded log start', () => {
  test('has the offsets as of then, and leaves the leadership as it is', async () => {
    const { kit, deleteBelow } = await brokerWith(values('a', 'b', 'c'));
    const before = await stateOf(kit);
    await deleteBelow(2);
    const after = await stateOf(kit);
    expect(after).toMatchObject({ logStartOffset: 2, highWatermark: 3, logEndOffset: 3 });
    expect([after?.leaderBroker, after?.leaderEpoch]).toEqual([before?.leaderBroker, before?.leaderEpoch]);
    expect(await stateOf(kit, 1)).toMatchObject({ logStartOffset: 0 });
  });

  test('I3: never goes back, also when two move it at once', async () => {
    const { kit, log, deleteBelow } = await brokerWith(values('a', 'b', 'c', 'd'));
    await Promise.all([3, 1, 2].map((offset) => deleteBelow(offset)));
    await deleteBelow(1);
    expect(log.logStartOffset).toBe(3);
    expect(await stateOf(kit)).toMatchObject({ logStartOffset: 3 });
  });

  test('the same partition twice in one call takes the higher offset', async () => {
    const { kit, log } = await brokerWith(values('a', 'b', 'c'));
    const targets = [2, 1].map((offset) => ({ log, offset }));
    await kit.clock.until(kit.logs.deleteRecords(targets, TIMEOUT_MS));
    expect(log.logStartOffset).toBe(2);
  });

  test('I4: a broker that was replaced moves nothing', async () => {
    const { kit, log, deleteBelow } = await brokerWith(values('a', 'b'));
    await kit.storedMetadata.txn({ compare: [], success: [{ type: 'deletePrefix', prefix: 'incarnations/' }] });
    await expect(deleteBelow(1)).rejects.toMatchObject({ code: ErrorCode.NOT_LEADER_OR_FOLLOWER });
    expect(log.logStartOffset).toBe(0);
    expect(await stateOf(kit)).toMatchObject({ logStartOffset: 0 });
  });

  test('I4: a log of an earlier leadership moves nothing', async () => {
    const { kit, log } = await brokerWith(values('a', 'b'));
    const successor = successorOf(kit);
    await new TestBroker(successor, 'b').start();
    await expect(kit.clock.until(successor.logs.deleteRecords([{ log, offset: 1 }], TIMEOUT_MS))).rejects.toMatchObject(
      { code: ErrorCode.NOT_LEADER_OR_FOLLOWER },
    );
    expect(await stateOf(kit)).toMatchObject({ logStartOffset: 0, leaderEpoch: 1 });
  });

  test('of a deleted topic is not moved in its namesake', async () => {
    const { kit, broker, deleteBelow } = await brokerWith(values('a', 'b'));
    await kit.clock.until(broker.catalogue.delete('orders'));
    const namesake = await broker.createTopic('orders', 2);
    await expect(deleteBelow(1)).rejects.toMatchObject({ code: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION });
    expect(await stateOf(kit)).toMatchObject({ logStartOffset: 0 });
    expect(broker.log(namesake)?.logStartOffset).toBe(0);
  });

  test('an answer that is lost is asked for again', async () => {
    const { kit, log, deleteBelow } = await brokerWith(values('a', 'b'));
    kit.metadata.setFaults({ failBefore: 0.1, failAfter: 0.2, applyLate: 0.1, lateMs: 500 });
    await deleteBelow(1);
    expect(log.logStartOffset).toBe(1);
    expect(await stateOf(kit)).toMatchObject({ logStartOffset: 1 });
  });

  test('I9: without an answer in time nothing is deleted here, and the outcome is unknown', async () => {
    const { kit, log, deleteBelow } = await brokerWith(values('a', 'b'));
    kit.metadata.setFaults({ failBefore: 1 });
    await expect(deleteBelow(1)).rejects.toBeInstanceOf(MetadataUnavailableError);
    expect(log.logStartOffset).toBe(0);
  });

  test('more partitions than fit into a transaction are moved by several', async () => {
    const kit = new LogKit({ writeBudgetPerSecond: 1000 });
    const broker = await new TestBroker(kit, 'a').start();
    const topic = await broker.createTopic('orders', 150);
    const logs = Array.from({ length: 150 }, (_, partition) => broker.log(topic, partition) as PartitionLog);
    await kit.clock.until(Promise.all(logs.map((log) => log.append(values('a')).committed)));
    await kit.clock.until(
      kit.logs.deleteRecords(
        logs.map((log) => ({ log, offset: 1 })),
        TIMEOUT_MS,
      ),
    );
    const successor = await new TestBroker(successorOf(kit), 'b').start();
    expect(logs.map(({ partition }) => successor.log(topic, partition)?.logStartOffset)).toEqual(Array(150).fill(1));
  });
});

describe('KIP-101: the end of a leader epoch', () => {
  /** Epoch 0 with offsets 0 to 1, epoch 1 without any, epoch 2 with 2 to 4, and epoch 3, which has begun. */
  async function logOfFourEpochs() {
    const { topic, ...first } = await brokerWith(values('a', 'b'));
    let { kit, log } = first;
    for (const [name, texts] of [
      ['b', []],
      ['c', ['c', 'd', 'e']],
      ['d', []],
    ] as const) {
      kit = successorOf(kit);
      const broker = await new TestBroker(kit, name).start();
      if (texts.length > 0) await broker.produce(topic, texts);
      log = broker.log(topic) as PartitionLog;
    }
    return { kit, log };
  }

  test.each([
    [-1, undefined],
    [0, { leaderEpoch: 0, endOffset: 2 }],
    [1, { leaderEpoch: 0, endOffset: 2 }],
    [2, { leaderEpoch: 2, endOffset: 5 }],
    [3, { leaderEpoch: 3, endOffset: 5 }],
    [4, undefined],
  ])('epoch %i: %j', async (epoch, end) => {
    const { log } = await logOfFourEpochs();
    expect(log.endOfEpoch(epoch)).toEqual(end);
  });

  test('an epoch whose records are deleted ends where the log begins', async () => {
    const { kit, log } = await logOfFourEpochs();
    await kit.clock.until(kit.logs.deleteRecords([{ log, offset: 3 }], TIMEOUT_MS));
    expect(log.endOfEpoch(0)).toEqual({ leaderEpoch: 0, endOffset: 3 });
    expect(log.endOfEpoch(2)).toEqual({ leaderEpoch: 2, endOffset: 5 });
  });
});
