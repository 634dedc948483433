import { describe, expect, test } from '@jest/globals';
import { batchOf, LogKit } from '../../test/support/log-kit.js';
import { crc32c } from '../checksum/crc32c.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import { commitKey } from '../metadata/keys.js';
import { decodeIncarnationCommit } from '../metadata/records.js';

async function kitWithLog(options: ConstructorParameters<typeof LogKit>[0] = {}) {
  const kit = new LogKit(options);
  await kit.begin('inc-1');
  return { kit, log: kit.openEmpty() };
}

/** Settled or not, without waiting. */
async function stateOf(kit: LogKit, promise: Promise<unknown>): Promise<'pending' | 'resolved' | number> {
  let state: 'pending' | 'resolved' | number = 'pending';
  promise.then(
    () => (state = 'resolved'),
    (error: unknown) => (state = error instanceof KafkaError ? error.code : -2),
  );
  await kit.clock.settle();
  return state;
}

describe('group commit', () => {
  test('(a) at low load a record waits for no timer', async () => {
    const { kit, log } = await kitWithLog();
    const { committed } = log.append(batchOf(['a']));
    expect(await stateOf(kit, committed)).toBe('resolved');
    expect(kit.clock.monotonic()).toBe(0);
    expect(kit.sealed).toHaveLength(1);
  });

  test('what arrives in one turn of the event loop shares an object', async () => {
    const { kit, log } = await kitWithLog();
    const other = kit.openEmpty(1);
    const appends = [log.append(batchOf(['a'])), log.append(batchOf(['b'])), other.append(batchOf(['c']))];
    await Promise.all([kit.clock.settle(), ...appends.map(({ committed }) => committed)]);
    expect(await kit.storedKeys()).toHaveLength(1);
    expect([log.highWatermark, other.highWatermark]).toEqual([2, 1]);
  });

  test('(b) while an upload is under way, appends wait for the linger time and no longer', async () => {
    const { kit, log } = await kitWithLog({ writeBudgetPerSecond: 100 });
    kit.objects.setFaults({ latencyMs: [1000, 1000] });
    log.append(batchOf(['a']));
    await kit.clock.settle();
    const second = log.append(batchOf(['b'])).committed;
    await kit.clock.advance(100);
    log.append(batchOf(['c']));
    await kit.clock.advance(2000);
    await second;
    expect(kit.sealed.map(({ queueMs }) => queueMs)).toEqual([0, 125]);
    expect(log.highWatermark).toBe(3);
  });

  test('the end of an upload seals what has gathered, before its linger time', async () => {
    const { kit, log } = await kitWithLog({ writeBudgetPerSecond: 100 });
    kit.objects.setFaults({ latencyMs: [40, 40] });
    log.append(batchOf(['a']));
    await kit.clock.settle();
    log.append(batchOf(['b']));
    await kit.clock.advance(200);
    expect(kit.sealed.map(({ queueMs }) => queueMs)).toEqual([0, 40]);
  });

  test('I7: over time no more objects are written than the budget allows, whatever the number of partitions', async () => {
    const { kit } = await kitWithLog({ writeBudgetPerSecond: 8 });
    const logs = Array.from({ length: 50 }, (_, partition) => kit.openEmpty(partition));
    for (let ms = 0; ms < 10_000; ms += 10) {
      logs[(ms / 10) % logs.length]?.append(batchOf(['x']));
      await kit.clock.advance(10);
    }
    // One second's worth may be saved up before the start.
    expect((await kit.storedKeys()).length).toBeLessThanOrEqual(8 * 10 + 8);
  });

  test('I7: an idle broker writes nothing', async () => {
    const { kit, log } = await kitWithLog();
    log.append(batchOf(['a']));
    await kit.clock.settle();
    const [keys, { revision }] = [await kit.storedKeys(), await kit.storedMetadata.range('')];
    await kit.clock.advance(3_600_000);
    expect(await kit.storedKeys()).toEqual(keys);
    expect((await kit.storedMetadata.range('')).revision).toBe(revision);
  });

  test('(c) a full object is written at once, beyond the budget', async () => {
    const { kit, log } = await kitWithLog({ walObjectBytes: 1000, writeBudgetPerSecond: 1 });
    kit.objects.setFaults({ latencyMs: [50, 50] });
    const appends = Array.from({ length: 10 }, () => log.append(batchOf(['x'.repeat(1000)])).committed);
    await kit.clock.until(Promise.all(appends));
    expect(kit.sealed).toHaveLength(10);
    expect(kit.clock.monotonic()).toBeLessThanOrEqual(100);
  });

  test('flush commits at once, beyond the budget', async () => {
    const { kit, log } = await kitWithLog({ writeBudgetPerSecond: 1 });
    log.append(batchOf(['a']));
    await kit.clock.settle();
    const { committed } = log.append(batchOf(['b']));
    expect(await stateOf(kit, committed)).toBe('pending');
    const flushed = kit.logs.flush();
    expect(await stateOf(kit, flushed)).toBe('resolved');
    expect(log.highWatermark).toBe(2);
  });
});

describe('commits', () => {
  test('I1: nothing is acknowledged or shown before object and commit record are stored', async () => {
    const { kit, log } = await kitWithLog();
    kit.objects.setFaults({ latencyMs: [100, 100] });
    kit.metadata.setFaults({ latencyMs: [20, 20] });
    const { committed } = log.append(batchOf(['a']));
    await kit.clock.advance(110);
    expect(await kit.storedKeys()).toHaveLength(1);
    expect([log.highWatermark, log.logEndOffset]).toEqual([0, 1]);
    expect(log.read(0, 1e6, true).batches).toHaveLength(0);
    await kit.clock.advance(10);
    expect(await stateOf(kit, committed)).toBe('resolved');
    expect(log.highWatermark).toBe(1);
  });

  test('I3: a later object that is uploaded first waits for the earlier one', async () => {
    const { kit, log } = await kitWithLog({ walObjectBytes: 100 });
    kit.objects.setFaults({ latencyMs: [500, 500] });
    const first = log.append(batchOf(['x'.repeat(100)])).committed;
    await kit.clock.settle();
    kit.objects.setFaults({ latencyMs: [10, 10] });
    const second = log.append(batchOf(['y'.repeat(100)])).committed;
    await kit.clock.advance(400);
    expect(await stateOf(kit, second)).toBe('pending');
    expect(log.highWatermark).toBe(0);
    await kit.clock.advance(200);
    await Promise.all([first, second]);
    expect(log.highWatermark).toBe(2);
  });

  test('rule 3: one transaction commits all objects that were uploaded meanwhile; the record stays one small key', async () => {
    const { kit, log } = await kitWithLog({ walObjectBytes: 100 });
    kit.metadata.setFaults({ latencyMs: [100, 100] });
    const before = (await kit.storedMetadata.range('')).revision;
    const appends = Array.from({ length: 20 }, () => log.append(batchOf(['x'.repeat(100)])).committed);
    await kit.clock.until(Promise.all(appends));
    const { entries, revision } = await kit.storedMetadata.range('');
    expect(revision - before).toBe(2);
    const record = entries.find(({ key }) => key === commitKey('inc-1'));
    expect(record && decodeIncarnationCommit(record.value, record.key).committedSequence).toBe(20);
    expect(record?.value.length).toBeLessThan(64);
  });

  test('rules 3 and 15: an upload that fails, or whose answer is lost, ends as one object under its key', async () => {
    const { kit, log } = await kitWithLog();
    kit.objects.setFaults({ failAfter: 1 });
    const { committed } = log.append(batchOf(['a']));
    await kit.clock.settle();
    expect(await kit.storedKeys()).toEqual(['test/_kafscale/wal/inc-1/00000000000000000001']);
    kit.objects.setFaults({ failBefore: 1 });
    await kit.clock.advance(5000);
    expect(await stateOf(kit, committed)).toBe('pending');
    kit.objects.setFaults({});
    await kit.clock.advance(5000);
    expect(await stateOf(kit, committed)).toBe('resolved');
    expect(await kit.storedKeys()).toHaveLength(1);
    expect(log.highWatermark).toBe(1);
  });

  test('a failed upload acknowledges none of the requests that share it', async () => {
    const { kit, log } = await kitWithLog();
    kit.objects.setFaults({ failBefore: 1 });
    const both = [log.append(batchOf(['a'])).committed, log.append(batchOf(['b'])).committed];
    await kit.clock.advance(30_000);
    expect(await Promise.all(both.map((each) => stateOf(kit, each)))).toEqual(['pending', 'pending']);
    kit.logs.abandon('the broker gives up');
    expect(await Promise.all(both.map((each) => stateOf(kit, each)))).toEqual([
      ErrorCode.NOT_LEADER_OR_FOLLOWER,
      ErrorCode.NOT_LEADER_OR_FOLLOWER,
    ]);
  });

  test('I4: an object of somebody else under our key ends the incarnation', async () => {
    const { kit, log } = await kitWithLog();
    const key = 'test/_kafscale/wal/inc-1/00000000000000000001';

    await kit.storedObjects.create(key, [Buffer.from('foreign')], { crc32c: crc32c(Buffer.from('foreign')) });
    const { committed } = log.append(batchOf(['a']));
    expect(await stateOf(kit, committed)).toBe(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    await expect(kit.failed).rejects.toThrow(/did not write/);
  });

  test('rule 1: a commit whose outcome is unknown is repeated until the store answers it', async () => {
    const { kit, log } = await kitWithLog();
    kit.metadata.setFaults({ failAfter: 1 });
    const { committed } = log.append(batchOf(['a']));
    await kit.clock.advance(10_000);
    expect(await stateOf(kit, committed)).toBe('pending');
    kit.metadata.setFaults({});
    await kit.clock.advance(5_000);
    expect(await stateOf(kit, committed)).toBe('resolved');
    expect(log.highWatermark).toBe(1);
  });

  test('I4: an incarnation that was ended commits nothing more', async () => {
    const { kit, log } = await kitWithLog();
    await kit.endIncarnation('inc-1');
    const { committed } = log.append(batchOf(['a']));
    expect(await stateOf(kit, committed)).toBe(ErrorCode.NOT_LEADER_OR_FOLLOWER);
    expect(log.highWatermark).toBe(0);
    await expect(kit.failed).rejects.toThrow(/ended by the cluster/);
  });

  test('rule 1: what was committed before the end is acknowledged, even when the answer was lost', async () => {
    const { kit, log } = await kitWithLog();
    kit.metadata.setFaults({ failAfter: 1 });
    const { committed } = log.append(batchOf(['a']));
    await kit.clock.settle();
    await kit.endIncarnation('inc-1');
    kit.metadata.setFaults({});
    await kit.clock.advance(5_000);
    expect(await stateOf(kit, committed)).toBe('resolved');
  });
});
