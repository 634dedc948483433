import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { VERSION } from '../config/version.js';
import { SUPPORTED_FORMAT_LEVELS } from '../formats/format-level.js';
import { kafscale } from '../generated/metadata.js';
import { systemClock } from '../time/clock.js';
import { clusterIdOf } from './cluster-id.js';
import { EmbeddedMetadataStore } from './embedded-metadata-store.js';
import { adoptFormatLevel, readFormatLevel, requireSupported, UnsupportedFormatLevelError } from './format-level.js';
import { CLUSTER_ID_KEY, FORMAT_LEVEL_KEY } from './keys.js';
import { MetadataFormatError } from './metadata-store.js';
import { encodeClusterIdentity } from './records.js';

const TOO_NEW = SUPPORTED_FORMAT_LEVELS.max + 1;

describe("the cluster's format level", () => {
  let store: EmbeddedMetadataStore;
  beforeEach(() => {
    store = EmbeddedMetadataStore.inMemory();
  });
  afterEach(() => store.close());

  const put = (key: string, value: Uint8Array) =>
    store.txn({ compare: [], success: [{ type: 'put', key, value: Buffer.from(value) }] });
  const putLevel = (fields: kafscale.metadata.FormatLevel.$Properties) =>
    put(FORMAT_LEVEL_KEY, kafscale.metadata.FormatLevel.encode(fields).finish());

  test('of a new cluster is the newest, and made together with the cluster', async () => {
    await adoptFormatLevel(store);
    await clusterIdOf(store, systemClock);
    expect(await readFormatLevel(store)).toMatchObject({ level: SUPPORTED_FORMAT_LEVELS.max, finalizedBy: VERSION });
    const identity = await store.get(CLUSTER_ID_KEY);
    expect(identity?.modRevision).toBe((await store.get(FORMAT_LEVEL_KEY))?.modRevision);
  });

  test('of a cluster that nobody has upgraded is 1, whatever its brokers support', async () => {
    await put(CLUSTER_ID_KEY, encodeClusterIdentity({ clusterId: 'c', createdAt: '' }));
    await clusterIdOf(store, systemClock);
    expect(await readFormatLevel(store)).toEqual({ level: 1, finalizedBy: undefined, modRevision: 0 });
  });

  test('that is too new is refused before anything else is read, in words that say what to do', async () => {
    // Also its own record is of a version that nobody knows.
    await putLevel({ level: TOO_NEW, finalizedBy: '7.8.9', formatVersion: 99 });
    await put(CLUSTER_ID_KEY, Buffer.from('unreadable'));
    const adopted = adoptFormatLevel(store);
    await expect(adopted).rejects.toThrow(UnsupportedFormatLevelError);
    await expect(adopted).rejects.toThrow(
      `the cluster is at format level ${TOO_NEW}, but KafScale ${VERSION} supports level 1 only. ` +
        'A finalized level is never lowered: run KafScale 7.8.9 or newer.',
    );
  });

  test('that is too old is refused: an upgrade skips no level that is needed', () => {
    const refuse = () => requireSupported({ level: 1, finalizedBy: undefined }, { min: 3, max: 4 });
    expect(refuse).toThrow(UnsupportedFormatLevelError);
    expect(refuse).toThrow(/supports levels 3 to 4 only\. Run a version that supports level 1 and a higher one/);
  });

  test.each([
    ['is no protobuf', Buffer.from('{"level": 2}')],
    ['has no level', kafscale.metadata.FormatLevel.encode({}).finish()],
  ])('whose record %s is an error', async (_title, value) => {
    await put(FORMAT_LEVEL_KEY, value);
    await expect(adoptFormatLevel(store)).rejects.toThrow(MetadataFormatError);
  });
});
