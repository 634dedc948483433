import { expect, test } from '@jest/globals';
import { LogKit } from '../../test/support/log-kit.js';
import { TestBroker } from '../../test/support/test-broker.js';
import { compactInto } from '../../test/support/test-segments.js';
import type { PartitionLog } from './partition-log.js';

test('rule 11: what is needed of the WAL is what any partition needs, also below its log start', async () => {
  const kit = new LogKit();
  const broker = await new TestBroker(kit, 'a').start();
  const topic = await broker.createTopic('orders', 3);
  const log = (partition: number) => broker.log(topic, partition) as PartitionLog;
  const needed = () => kit.logs.liveWal()?.firstNeeded;
  expect(kit.logs.liveWal()).toEqual({ incarnationId: 'a-1', deliveredSequence: 0, firstNeeded: undefined });
  for (const partition of [1, 0, 2, 0]) await broker.produce(topic, ['1'], partition);
  expect(kit.logs.liveWal()).toEqual({ incarnationId: 'a-1', deliveredSequence: 4, firstNeeded: 1 });
  await kit.clock.until(kit.logs.deleteRecords([{ log: log(1), offset: 1 }], 1000));
  expect(needed()).toBe(1);
  await compactInto(kit, log(1));
  expect(needed()).toBe(2);
  await compactInto(kit, log(0));
  expect(needed()).toBe(3);
  await compactInto(kit, log(2));
  expect(needed()).toBeUndefined();
});
