import { expect, jest, test } from '@jest/globals';
import { batchOf, LogKit, TOPIC } from '../../../test/support/log-kit.js';

test('I5: a restart after 10,000 committed WAL objects reads at most 64 footers for each of three levels', async () => {
  const kit = new LogKit({ writeBudgetPerSecond: 1_000_000, cacheBytes: 64 * 1024 * 1024 });
  await kit.begin('inc-1');
  const log = kit.openEmpty();
  for (let object = 0; object < 10_000; object += 1) {
    log.append(batchOf(['x']));
    await kit.logs.flush();
  }
  await kit.clock.settle();
  const footers = kit.logs.walFooters;
  expect(footers).toBeLessThan(3 * 64);
  kit.logs.abandon('crash');
  await kit.endIncarnation('inc-1');
  await kit.begin('inc-2');
  const reads = jest.spyOn(kit.storedObjects, 'readEnd');
  const tenure = { incarnationId: 'inc-1', epoch: 0, fromOffset: 0, toOffset: undefined };
  const id = { ...TOPIC, partition: 0 };
  const [recovered] = await kit.clock.until(kit.logs.recover([{ id, tenures: [tenure], state: undefined }]));
  expect(recovered).toMatchObject({ logEndOffset: 10_000 });
  expect(reads).toHaveBeenCalledTimes(footers);
}, 120_000);
