import { expect, test } from '@jest/globals';
import { LOG_OPTIONS, LogKit } from '../../test/support/log-kit.js';
import { silentLogger } from '../logging/logger.js';
import { mergesKey } from '../metadata/keys.js';
import { decodeWalMerges } from '../metadata/records.js';
import { seededRandom } from '../../test/support/seeded-random.js';
import { batchOf } from '../../test/support/log-kit.js';
import { WalFooters } from './wal-footers.js';
import { MissingWalObjectError } from './wal-recovery.js';

const MERGE_BY_FOURS = { fanIn: 4, targetBytes: 64 * 1024, patience: 16, lookEvery: 4 };

/** An incarnation that lives, and has written three objects; with the fourth they are merged. */
async function liveIncarnation() {
  const kit = new LogKit({ mergeLimits: MERGE_BY_FOURS });
  await kit.begin('inc-1');
  const log = kit.openEmpty();
  const write = async () => {
    log.append(batchOf(['a']));
    await kit.clock.until(kit.logs.flush());
    await kit.clock.advance(100);
  };
  for (let index = 0; index < 3; index += 1) await write();
  const { objects, metadata, clock } = kit;
  const options = { namespace: LOG_OPTIONS.namespace, concurrency: 1 };
  const { signal } = new AbortController();
  const footers = new WalFooters(objects, metadata, options, clock, seededRandom(1), silentLogger, signal);
  return { kit, write, footers };
}

async function merged(kit: LogKit) {
  const entry = await kit.storedMetadata.get(mergesKey('inc-1'));
  return entry === undefined ? [] : decodeWalMerges(entry.value, entry.key).merges.map(({ key }) => key ?? '');
}

test('rule 11: objects that are merged away while they are read are not missing: those that count now are read', async () => {
  const { kit, write, footers } = await liveIncarnation();
  kit.objects.setFaults({ latencyMs: [1_000, 1_000] });
  const reading = footers.readAll('inc-1');
  await kit.clock.advance(10);
  kit.objects.setFaults({});
  await write();
  const [key] = await merged(kit);
  await kit.storedObjects.delete([...kit.logs.takeReplacedWalObjects()]);
  const found = await kit.clock.until(reading);
  expect(found.map(({ object }) => object)).toMatchObject([{ key, from: 1, to: 4 }]);
  expect(found[0]?.contents.entries).toMatchObject([{ baseOffset: 0, lastOffset: 3 }]);
});

test('rule 11: an object that is gone and still counts is missing, and named', async () => {
  const { kit, footers } = await liveIncarnation();
  const [first = ''] = (await kit.storedKeys()).filter((key) => key.includes('/wal/'));
  await kit.storedObjects.delete([first]);
  const reading = kit.clock.until(footers.readAll('inc-1'));
  await expect(reading).rejects.toThrow(MissingWalObjectError);
  await expect(reading).rejects.toThrow(first);
});

test('the holder of some sequences is the object that they were merged into', async () => {
  const { kit, write, footers } = await liveIncarnation();
  expect(await footers.holderOf('inc-1', 2, 2)).toMatchObject({ from: 2, to: 2 });
  await write();
  const [key] = await merged(kit);
  expect(await footers.holderOf('inc-1', 2, 2)).toMatchObject({ key, from: 1, to: 4 });
  expect(await footers.holderOf('inc-1', 5, 5)).toBeUndefined();
});
