import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ClusterRecords, contextOf } from '../../../test/support/cluster-records.js';
import { readFormatLevel } from '../../metadata/format-level.js';
import { silentLogger } from '../../logging/logger.js';
import { ErrorCode } from '../../protocol/errors.js';
import { UpdateFeaturesHandler } from './update-features.handler.js';

const UPDATE = { feature: 'kafscale.format.version', maxVersionLevel: 2, upgradeType: 1, allowDowngrade: false };
const RESULT = { feature: UPDATE.feature, errorCode: ErrorCode.NONE, errorMessage: null };

describe('UpdateFeatures', () => {
  let cluster: ClusterRecords;
  beforeEach(async () => {
    cluster = await ClusterRecords.open();
    await cluster.registerBroker(1, { minFormatLevel: 1, maxFormatLevel: 2 });
  });
  afterEach(() => cluster.close());

  const update = (
    change: object = {},
    { validateOnly = false, version = 2, allowAdminApis = true, more = [] as object[] } = {},
  ) =>
    new UpdateFeaturesHandler(cluster.store, silentLogger, { allowAdminApis }).handle(
      {
        timeoutMs: 1000,
        featureUpdates: [UPDATE, ...more].map((each) => ({ ...UPDATE, ...each, ...change })),
        validateOnly,
      },
      contextOf(version),
    );
  const level = async () => (await readFormatLevel(cluster.store)).level;

  test('finalizes a level that all live brokers support', async () => {
    expect(await update({}, { validateOnly: true })).toEqual({ errorCode: ErrorCode.NONE, errorMessage: null });
    expect(await level()).toBe(1);
    expect(await update()).toEqual({ errorCode: ErrorCode.NONE, errorMessage: null });
    expect(await level()).toBe(2);
    expect(await update({}, { version: 1 })).toMatchObject({ errorCode: ErrorCode.NONE, results: [RESULT] });
  });

  test.each([
    ['a level that a broker does not support', { maxVersionLevel: 3 }, /broker 1 .* supports levels 1 to 2/],
    ['the removal of the feature', { maxVersionLevel: 0 }, /never lowered/],
    ['a downgrade', { upgradeType: 2 }, /never lowered/],
    ['an unsafe downgrade', { upgradeType: 3 }, /never lowered/],
    ['a downgrade in v0', { allowDowngrade: true }, /never lowered/],
    ['another feature', { feature: 'metadata.version' }, /no feature metadata\.version/],
  ])('I9: refuses %s', async (_title, change, message) => {
    const refused = update(change);
    await expect(refused).rejects.toMatchObject({ code: ErrorCode.INVALID_UPDATE_VERSION });
    await expect(refused).rejects.toThrow(message);
    expect(await level()).toBe(1);
  });

  test('I9: does nothing when it cannot do everything', async () => {
    for (const more of [[{}], [{ feature: 'group.version' }]]) {
      await expect(update({}, { more })).rejects.toMatchObject({ code: ErrorCode.INVALID_UPDATE_VERSION });
    }
    expect(await level()).toBe(1);
  });

  test('is refused where clients may change nothing', async () => {
    const refused = update({}, { allowAdminApis: false });
    await expect(refused).rejects.toMatchObject({ code: ErrorCode.CLUSTER_AUTHORIZATION_FAILED });
  });
});
