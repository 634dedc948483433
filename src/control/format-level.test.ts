import { status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startControlServices } from '../../test/support/control-kit.js';
import { brokerKey } from '../metadata/keys.js';
import { encodeBrokerRegistration } from '../metadata/records.js';

const logs = { all: () => [], opening: () => [], flush: () => Promise.resolve() };

describe('BrokerControl: format levels', () => {
  let broker: Awaited<ReturnType<typeof startControlServices>>;
  beforeEach(async () => {
    const environment = { KAFSCALE_CONTROL_TOKEN: 'open-sesame' };
    broker = await startControlServices({ logs, view: { selfId: 1 }, environment });
    for (const [id, maxFormatLevel] of [
      [1, 3],
      [2, 2],
    ] as const) {
      const value = encodeBrokerRegistration({
        ...{ brokerId: String(id), host: '', port: 1, rack: '', startedAt: '', lastHeartbeat: '', incarnationId: '' },
        ...{ version: `0.${maxFormatLevel}.0`, minFormatLevel: 1, maxFormatLevel },
      });
      await broker.metadata.txn({ compare: [], success: [{ type: 'put', key: brokerKey(id), value }] });
    }
  });
  afterEach(() => broker.stop());

  test('are shown, and finalized, as far as all brokers support them', async () => {
    expect(await broker.client.describeFormatLevel()).toEqual({
      level: 1,
      highestLevel: 2,
      brokers: [
        { brokerId: '1', version: '0.3.0', minLevel: 1, maxLevel: 3 },
        { brokerId: '2', version: '0.2.0', minLevel: 1, maxLevel: 2 },
      ],
    });
    const client = broker.clientWith({ token: 'open-sesame' });
    expect(await client.finalizeFormatLevel({ dryRun: true })).toEqual({ level: 2 });
    expect(await client.describeFormatLevel()).toMatchObject({ level: 1 });
    expect(await client.finalizeFormatLevel({})).toEqual({ level: 2 });
    expect(await client.describeFormatLevel()).toMatchObject({ level: 2, highestLevel: 2 });
    const refused = { code: status.FAILED_PRECONDITION };
    await expect(client.finalizeFormatLevel({ level: 3 })).rejects.toMatchObject({
      ...refused,
      details: 'format level 3 cannot be finalized: broker 2 (KafScale 0.2.0) supports levels 1 to 2',
    });
    await expect(client.finalizeFormatLevel({ level: 1 })).rejects.toMatchObject(refused);
    const invalid = { code: status.INVALID_ARGUMENT };
    await expect(client.finalizeFormatLevel({ level: -1 })).rejects.toMatchObject(invalid);
  });

  test('are finalized by those only who have the control token', async () => {
    await expect(broker.client.finalizeFormatLevel({})).rejects.toMatchObject({ code: status.UNAUTHENTICATED });
  });
});
