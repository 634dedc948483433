import { expect, test } from '@jest/globals';
import { contextOf } from '../../../test/support/cluster-records.js';
import { batchOf, LogKit, TOPIC } from '../../../test/support/log-kit.js';
import { silentLogger } from '../../logging/logger.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { ErrorCode } from '../../protocol/errors.js';
import { ListOffsetsHandler } from './list-offsets.handler.js';

const catalogue = {
  get: () => ({ name: TOPIC.topicName, id: TOPIC.topicId, partitionCount: 1 }),
} as unknown as TopicCatalogue;

async function kitWithColdRecords() {
  const kit = new LogKit({ cacheBytes: 2 });
  await kit.begin('inc-1');
  await kit.clock.until(kit.openEmpty().append(batchOf([], { records: [{ value: 'a', timestamp: 1 }] })).committed);
  const handler = new ListOffsetsHandler(catalogue, kit.logs, silentLogger);
  const list = async (timestamp: number) => {
    const partitions = [{ partitionIndex: 0, currentLeaderEpoch: -1, timestamp, maxNumOffsets: 1 }];
    const request = { replicaId: -1, isolationLevel: 0, topics: [{ name: TOPIC.topicName, partitions }], timeoutMs: 0 };
    return (await kit.clock.until(handler.handle(request, contextOf(7)))).topics[0]?.partitions[0];
  };
  return { kit, list };
}

test('an object store that fails is a retriable error for a search by time, and none for the ends of the log', async () => {
  const { kit, list } = await kitWithColdRecords();
  kit.objects.setFaults({ failBefore: 1 });
  expect(await list(0)).toMatchObject({ errorCode: ErrorCode.KAFKA_STORAGE_ERROR, offset: -1 });
  expect(await list(-1)).toMatchObject({ errorCode: ErrorCode.NONE, offset: 1 });
  expect(await list(-2)).toMatchObject({ errorCode: ErrorCode.NONE, offset: 0 });
});

test('a time after all records is answered -1, not the end of the log', async () => {
  const { list } = await kitWithColdRecords();
  expect(await list(0)).toMatchObject({ errorCode: ErrorCode.NONE, offset: 0 });
  expect(await list(Number.MAX_SAFE_INTEGER)).toMatchObject({ errorCode: ErrorCode.NONE, offset: -1, timestamp: -1 });
});

test('rule 14: past the lease deadline another broker is to be asked', async () => {
  const { kit, list } = await kitWithColdRecords();
  kit.live = false;
  expect(await list(-1)).toMatchObject({ errorCode: ErrorCode.NOT_LEADER_OR_FOLLOWER, offset: -1 });
});
