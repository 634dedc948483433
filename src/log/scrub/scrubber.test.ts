import { beforeEach, describe, expect, test } from '@jest/globals';
import { CompactionKit } from '../../../test/support/compaction-kit.js';
import { LOG_OPTIONS } from '../../../test/support/log-kit.js';
import { seededRandom } from '../../../test/support/seeded-random.js';
import { crc32c } from '../../checksum/crc32c.js';
import { silentLogger } from '../../logging/logger.js';
import { buildRecordBatch } from '../../protocol/records/build-batch.js';
import { RecordBatch } from '../../protocol/records/record-batch.js';
import type { PartitionLog } from '../partition-log.js';
import { Scrubber } from './scrubber.js';

const never = new AbortController().signal;

let kit: CompactionKit;
let log: PartitionLog;
let scrubber: Scrubber;
let seen: { scrubbed: number; damaged: number };

/** Two segments of about five kilobytes, and a scrubber that reads a thousand bytes a second. */
beforeEach(async () => {
  kit = await CompactionKit.start();
  [log] = (await kit.createTopic()) as [PartitionLog];
  for (let segment = 0; segment < 2; segment += 1) {
    const { committed } = log.append(new RecordBatch(buildRecordBatch({ records: [{ value: 'x'.repeat(5000) }] })));
    await kit.clock.until(committed);
    await kit.clock.advance(60_000);
  }
  expect(log.manifest.segments).toHaveLength(2);
  seen = { scrubbed: 0, damaged: 0 };
  scrubber = new Scrubber(
    { namespace: LOG_OPTIONS.namespace, bytesPerSec: 1000 },
    {
      logs: kit.kit.logs,
      objects: kit.kit.objects,
      clock: kit.clock,
      random: seededRandom(1),
      logger: silentLogger,
      observer: { segmentScrubbed: () => (seen.scrubbed += 1), segmentDamaged: () => (seen.damaged += 1) },
    },
  );
});

async function replace(change: (bytes: Buffer) => Buffer | undefined): Promise<void> {
  const [key] = (await kit.kit.storedKeys()).filter((each) => each.endsWith('.kfs'));
  if (key === undefined) throw new Error('no segment is stored');
  const bytes = await kit.kit.storedObjects.read(key, { start: 0, length: 1e6 });
  const changed = change(Buffer.from(bytes));
  await kit.kit.storedObjects.delete([key]);
  if (changed !== undefined) await kit.kit.storedObjects.create(key, [changed], { crc32c: crc32c(changed) });
}

describe('the scrub of stored segments', () => {
  test('verifies each, as slowly as it is told', async () => {
    const bytes = log.manifest.segments.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const begun = kit.clock.monotonic();
    await kit.clock.until(scrubber.round(never));
    expect(seen).toEqual({ scrubbed: 2, damaged: 0 });
    // Footers, 16 bytes each, are read without a pause.
    expect(kit.clock.monotonic() - begun).toBeCloseTo(bytes - 32, -1);
  });

  test.each([
    ['a flipped bit in the body', (bytes: Buffer) => (bytes.writeUInt8(bytes.readUInt8(300) ^ 4, 300), bytes)],
    ['another header', (bytes: Buffer) => (bytes.writeUInt8(1, 15), bytes)],
    ['another footer', (bytes: Buffer) => (bytes.writeUInt8(1, bytes.length - 6), bytes)],
    ['an end that is missing', (bytes: Buffer) => bytes.subarray(0, 1000)],
    ['an object that is gone', () => undefined],
  ])('tells of %s, and goes on', async (_, change) => {
    await replace(change);
    await kit.clock.until(scrubber.round(never));
    expect(seen).toEqual({ scrubbed: 1, damaged: 1 });
  });

  test('passes over what was dropped meanwhile', async () => {
    await kit.clock.until(kit.kit.logs.deleteRecords([{ log, offset: 1 }], 10_000));
    await replace(() => undefined);
    await kit.clock.until(scrubber.round(never));
    expect(seen).toEqual({ scrubbed: 1, damaged: 0 });
  });

  test('begins and ends with the incarnation', async () => {
    scrubber.begin();
    await kit.clock.advance(200_000);
    expect(seen.scrubbed).toBeGreaterThanOrEqual(2);
    scrubber.abandon('over');
    const { scrubbed } = seen;
    await kit.clock.advance(200_000);
    expect(seen).toEqual({ scrubbed, damaged: 0 });
  });
});
