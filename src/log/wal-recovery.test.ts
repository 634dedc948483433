import { describe, expect, jest, test } from '@jest/globals';
import { batchOf, LOG_OPTIONS, LogKit, TOPIC } from '../../test/support/log-kit.js';
import { MissingWalObjectError } from './wal-recovery.js';

const id = { ...TOPIC, partition: 0 };
const tenure = { incarnationId: 'inc-1', epoch: 0, fromOffset: 0, toOffset: undefined };

/** A first incarnation that wrote three objects and died, and a second that has begun. */
async function afterACrash() {
  const kit = new LogKit();
  await kit.begin('inc-1');
  const log = kit.openEmpty();
  for (const value of ['a', 'b', 'c']) {
    log.append(batchOf([value, value], { producerId: 5, producerEpoch: 0, baseSequence: log.logEndOffset }));
    await kit.logs.flush();
  }
  return { kit, log };
}

async function recover(
  kit: LogKit,
  tenures: readonly { incarnationId: string; epoch: number; fromOffset: number; toOffset: number | undefined }[],
) {
  kit.logs.abandon('crash');
  await kit.endIncarnation('inc-1');
  await kit.begin('inc-2');
  const [recovered] = await kit.clock.until(kit.logs.recover([{ id, tenures, state: undefined }]));
  if (recovered === undefined || 'error' in recovered) throw recovered?.error as Error;
  return recovered;
}

describe('recovery from WAL footers', () => {
  test('I5: everything committed is found again, with offsets, and producers are remembered', async () => {
    const { kit, log: before } = await afterACrash();
    const extents = before.uncompacted().map((extent) => ({ ...extent, batches: undefined }));
    await kit.clock.advance(60_000);
    const recovered = await recover(kit, [tenure]);
    expect(recovered).toMatchObject({ logEndOffset: 6 });
    expect(recovered.extents).toEqual(extents);
    kit.logs.open(recovered, 1);
    const log = kit.logs.find(TOPIC.topicId, 0);
    const repeated = log?.append(batchOf(['c', 'c'], { producerId: 5, producerEpoch: 0, baseSequence: 4 }));
    expect(repeated?.baseOffset).toBe(4);
    expect(log?.append(batchOf(['d'], { producerId: 5, producerEpoch: 0, baseSequence: 6 })).baseOffset).toBe(6);
  });

  test('I1 I4: an object that was uploaded but not committed stays invisible', async () => {
    const { kit, log } = await afterACrash();
    kit.metadata.setFaults({ failBefore: 1 });
    log.append(batchOf(['lost']));
    await kit.clock.advance(1000);
    expect(await kit.storedKeys()).toHaveLength(4);
    kit.metadata.setFaults({});
    expect(await recover(kit, [tenure])).toMatchObject({ logEndOffset: 6 });
  });

  test('rule 7: only what lies within a tenure belongs to the partition', async () => {
    const { kit } = await afterACrash();
    expect(await recover(kit, [{ ...tenure, epoch: 9 }])).toMatchObject({ logEndOffset: 0 });
    const [closed] = await kit.logs.recover([{ id, tenures: [{ ...tenure, toOffset: 4 }], state: undefined }]);
    expect(closed).toMatchObject({ logEndOffset: 4 });
  });

  test('a re-created topic has none of the old data', async () => {
    const { kit } = await afterACrash();
    await recover(kit, []);
    const reborn = { ...id, topicId: 'zzzzzzzzzzzzzzzzzzzzzA' };
    const [recovered] = await kit.logs.recover([{ id: reborn, tenures: [tenure], state: undefined }]);
    expect(recovered).toMatchObject({ logEndOffset: 0 });
  });

  test('a committed object that is gone stops the opening with its name, instead of serving a log with a hole', async () => {
    const { kit } = await afterACrash();
    const [, second] = await kit.storedKeys();
    await kit.storedObjects.delete([second as string]);
    const recovering = recover(kit, [tenure]);
    await expect(recovering).rejects.toThrow(MissingWalObjectError);
    await expect(recovering).rejects.toThrow(/inc-1\/0+2 was committed/);
  });

  test('a failing object store delays recovery and does not break it', async () => {
    const { kit } = await afterACrash();
    kit.objects.setFaults({ failBefore: 0.7 });
    expect(await recover(kit, [tenure])).toMatchObject({ logEndOffset: 6 });
  });

  /** The first `times` footers arrive with a wrong bit. */
  function damageFooters(kit: LogKit, times: number): void {
    const readEnd = kit.objects.readEnd.bind(kit.objects);
    let reads = 0;
    jest.spyOn(kit.objects, 'readEnd').mockImplementation(async (...args) => {
      const end = await readEnd(...args);
      reads += 1;
      if (reads > times) return end;
      const bytes = Buffer.from(end.bytes);
      bytes[bytes.length - 20] = (bytes[bytes.length - 20] ?? 0) ^ 1;
      return { ...end, bytes };
    });
  }

  test('a footer that arrives damaged is read again; one that is damaged ends the recovery, by its name', async () => {
    const { kit } = await afterACrash();
    damageFooters(kit, 4);
    expect(await recover(kit, [tenure])).toMatchObject({ logEndOffset: 6 });
    const { kit: other } = await afterACrash();
    damageFooters(other, Infinity);
    await expect(recover(other, [tenure])).rejects.toThrow(/wal\/inc-1\/\d+ has a damaged footer/);
  });

  test('I5: reads one footer per object, several at a time, whatever the number of partitions', async () => {
    const { kit } = await afterACrash();
    const other = kit.openEmpty(1);
    for (let object = 0; object < 17; object += 1) {
      other.append(batchOf(['x']));
      await kit.logs.flush();
    }
    kit.logs.abandon('crash');
    await kit.begin('inc-2');
    kit.objects.setFaults({ latencyMs: [100, 100] });
    const reads = jest.spyOn(kit.storedObjects, 'readEnd');
    const startedAt = kit.clock.monotonic();
    const partitions = [0, 1].map((partition) => ({ id: { ...id, partition }, tenures: [tenure], state: undefined }));
    expect(await kit.clock.until(kit.logs.recover(partitions))).toMatchObject([
      { logEndOffset: 6 },
      { logEndOffset: 17 },
    ]);
    expect(reads).toHaveBeenCalledTimes(20);
    expect(kit.clock.monotonic() - startedAt).toBe(20 * (100 / LOG_OPTIONS.maxConcurrentReads));
  });

  test('a missing commit record is an error: what was committed is unknown', async () => {
    const { kit } = await afterACrash();
    await expect(recover(kit, [{ ...tenure, incarnationId: 'inc-0' }])).rejects.toThrow(/commits\/inc-0 is missing/);
  });
});

test('I3, rule 6: records that a release has told of and that are not there are noticed', async () => {
  const { kit } = await afterACrash();
  expect(await recover(kit, [{ ...tenure, toOffset: 6 }])).toMatchObject({ logEndOffset: 6 });
  await expect(recover(kit, [{ ...tenure, toOffset: 7 }])).rejects.toThrow(/I3 violated.*from 6 to 7/);
});
