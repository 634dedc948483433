import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { chosenBootstrap } from '../../support/bootstrap.js';
import { startBroker } from '../../support/broker.js';
import type { RunningBroker } from '../../support/broker.js';
import { WireClient } from '../../support/wire-client.js';
import { batchOfRecords, endOffset, produce } from '../records.js';
import { createTopic } from '../topics.js';

const HOUR_MS = 3_600_000;

/** Only of a broker that the tests start can they choose the settings. */
const describeOwnBroker = chosenBootstrap === undefined ? describe : describe.skip;

/** What our broker refuses in addition when it validates records, as Apache Kafka always does. */
export function deepValidationCases(): void {
  describeOwnBroker('with KAFSCALE_DEEP_VALIDATION', () => {
    let broker: RunningBroker;
    let client: WireClient;
    beforeAll(async () => {
      broker = await startBroker({ KAFSCALE_DEEP_VALIDATION: 'true' });
      client = await WireClient.connect(broker.bootstrap);
    });
    afterAll(async () => {
      client.close();
      await broker.stop();
    });

    const now = Date.now();
    test.each([
      {
        name: '42 a record from too far in the future is refused, 32, and pointed out',
        configs: { 'message.timestamp.after.max.ms': String(HOUR_MS) },
        records: [{ timestamp: now }, { timestamp: now + 2 * HOUR_MS }, { timestamp: now }],
        errorCode: ErrorCode.INVALID_TIMESTAMP,
      },
      {
        name: '43 a record without a key is refused by a compacted topic, 87, and pointed out',
        configs: { 'cleanup.policy': 'compact' },
        records: [{ key: 'key' }, { key: null }],
        errorCode: ErrorCode.INVALID_RECORD,
      },
    ])('$name', async ({ configs, records, errorCode }) => {
      const topic = await createTopic(client, { configs });
      const result = await produce(client, topic, batchOfRecords(records), { version: 8 });
      expect(result.errorCode).toBe(errorCode);
      expect(result.recordErrors.map(({ batchIndex }) => batchIndex)).toEqual([1]);
      expect(await endOffset(client, topic)).toBe(0);
    });
  });
}
