import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { limits } from '../../../scripts/compatibility/known-limits.mjs';
import { startBroker, type RunningBroker } from '../../support/broker.js';
import { KafkaTools } from '../../support/clients/kafka-tools.js';
import { describeWithTools } from '../../support/tools.js';

jest.setTimeout(180_000);

describeWithTools([KafkaTools.v4.tool], 'known limits', () => {
  let broker: RunningBroker;
  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(() => broker.stop());

  test('transactions are refused with the error that the compatibility page names', async () => {
    const records = '--topic orders --num-records 1 --record-size 10 --throughput -1';
    const produced = KafkaTools.v4.runAlone(
      broker.bootstrap,
      `kafka-producer-perf-test ${records} --transactional-id orders`,
    );
    const [transactions] = limits;
    await expect(produced).rejects.toThrow(transactions!.error);
  });
});
