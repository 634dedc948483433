import { beforeEach, describe, expect, test } from '@jest/globals';
import { CompactionKit } from '../../test/support/compaction-kit.js';
import { seededRandom } from '../../test/support/seeded-random.js';
import { crc32c } from '../checksum/crc32c.js';
import { silentLogger } from '../logging/logger.js';
import { buildRecordBatch } from '../protocol/records/build-batch.js';
import { RecordBatch } from '../protocol/records/record-batch.js';
import { applyRecovery, RecoveryLossError } from './apply-recovery.js';
import { surveyAndPlan } from './recover.js';

let kit: CompactionKit;

/** A partition with a segment, and a manifest that names it. */
beforeEach(async () => {
  kit = await CompactionKit.start();
  const [log] = await kit.createTopic();
  const batch = new RecordBatch(buildRecordBatch({ records: [{ value: 'x'.repeat(5000) }] }));
  await kit.clock.until(log?.append(batch).committed ?? Promise.reject(new Error('no log')));
  await kit.clock.advance(60_000);
});

const plan = () =>
  surveyAndPlan({ metadata: kit.kit.storedMetadata, objects: kit.kit.storedObjects, namespace: 'test' });

async function apply(acceptLoss: boolean): Promise<void> {
  const tools = {
    objects: kit.kit.storedObjects,
    namespace: 'test',
    segmentBytes: 4096,
    clock: kit.clock,
    random: seededRandom(1),
    logger: silentLogger,
    signal: new AbortController().signal,
  };
  await applyRecovery(kit.kit.storedMetadata, tools, await plan(), acceptLoss);
}

const metadata = async () => (await kit.kit.storedMetadata.range('')).entries;

async function damageManifest(): Promise<void> {
  for (const key of (await kit.kit.storedKeys()).filter((each) => each.includes('/manifests/'))) {
    const bytes = await kit.kit.storedObjects.read(key, { start: 0, length: 1e6 });
    const damaged = Buffer.from(bytes);
    damaged.writeUInt8(damaged.readUInt8(30) ^ 1, 30);
    await kit.kit.storedObjects.delete([key]);
    await kit.kit.storedObjects.create(key, [damaged], { crc32c: crc32c(damaged) });
  }
}

describe('a recovery', () => {
  test('changes nothing of the log of a cluster that is whole', async () => {
    const [partition] = (await plan()).partitions;
    expect(partition).toMatchObject({ logStartOffset: 0, endOffset: 1 });
    await apply(false);
    expect((await plan()).partitions).toMatchObject([{ logStartOffset: 0, endOffset: 1 }]);
  });

  test('I1: leaves everything as it is when a manifest cannot be read, unless the loss is accepted', async () => {
    await damageManifest();
    expect((await plan()).losses).toContainEqual(expect.stringMatching(/manifests.*damaged/));
    const before = await metadata();
    await expect(apply(false)).rejects.toThrow(RecoveryLossError);
    expect(await metadata()).toEqual(before);
    await expect(apply(true)).resolves.toBeUndefined();
    expect(await metadata()).not.toEqual(before);
  });
});
