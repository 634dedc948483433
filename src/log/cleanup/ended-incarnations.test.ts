import { describe, expect, test } from '@jest/globals';
import { CleanupKit, NAMESPACE } from '../../../test/support/cleanup-kit.js';
import { silentLogger } from '../../logging/logger.js';
import { assignmentKey, mergesKey, trimKey } from '../../metadata/keys.js';
import { encodeTrimMark, encodeWalMerges } from '../../metadata/records.js';
import { walObjectKey } from '../../storage/object-keys.js';
import { EndedIncarnations } from './ended-incarnations.js';

const GRACE_MS = 600_000;
const DAY_MS = 86_400_000;

const walKey = (id: string, sequence: number) => walObjectKey(NAMESPACE, id, sequence).slice(NAMESPACE.length + 1);
const mergedKey = (id: string, sequence: number) => `${walObjectKey(NAMESPACE, id, sequence)}-0000abcd`;

class Kit extends CleanupKit {
  ended = this.newProcess();

  newProcess(): EndedIncarnations {
    const options = { namespace: NAMESPACE, graceMs: GRACE_MS, leftoversIntervalMs: DAY_MS };
    return new EndedIncarnations(this.metadata, this.objects, this.remover, options, this.clock, silentLogger);
  }

  async sweep(): Promise<void> {
    await this.clock.until(this.ended.sweep(this.signal));
  }

  /** Sweeps until everything is gone that may go. */
  async sweepAll(): Promise<void> {
    for (let round = 0; round < 3; round += 1) {
      await this.sweep();
      await this.clock.advance(GRACE_MS);
    }
    await this.sweep();
  }
}

describe('the WAL of an incarnation that no assignment names any more', () => {
  test('rule 11: is removed whole after the grace period, its records after it', async () => {
    const kit = new Kit();
    await kit.addIncarnation('old', 2);
    await kit.addIncarnation('new', 1);
    await kit.putWal('old', 1, 2, 3);
    await kit.put(mergedKey('old', 2));
    await kit.putWal('new', 1);
    await kit.write(trimKey('old'), encodeTrimMark({ incarnationId: 'old', sequence: 1 }));
    await kit.write(mergesKey('old'), encodeWalMerges({ incarnationId: 'old', merges: [] }));
    await kit.endIncarnation('old');
    await kit.assign('orders', 0, 'new');
    await kit.sweep();
    await kit.clock.advance(GRACE_MS - 1);
    await kit.sweep();
    expect(await kit.keys()).toHaveLength(5);
    await kit.clock.advance(1);
    await kit.sweep();
    expect(await kit.keys()).toEqual([walKey('new', 1)]);
    expect(await kit.records('commits/')).toEqual(['commits/new', 'commits/old']);
    await kit.sweep();
    expect((await kit.records()).filter((key) => key.includes('old'))).toEqual([]);
    expect(await kit.records('commits/')).toEqual(['commits/new']);
  });

  test('rule 11: an upload that arrives late is removed too, before the records are', async () => {
    const kit = new Kit();
    await kit.addIncarnation('old', 0);
    await kit.putWal('old', 1);
    await kit.endIncarnation('old');
    await kit.sweep();
    await kit.clock.advance(GRACE_MS);
    await kit.sweep();
    await kit.putWal('old', 2);
    await kit.sweep();
    expect(await kit.records('commits/')).toEqual(['commits/old']);
    expect(await kit.keys()).toEqual([]);
    await kit.sweep();
    expect(await kit.records('commits/')).toEqual([]);
  });

  test('rule 11: a live incarnation is left alone, whatever names it', async () => {
    const kit = new Kit();
    await kit.addIncarnation('idle', 1);
    await kit.putWal('idle', 1, 2);
    await kit.sweepAll();
    expect(await kit.keys()).toHaveLength(2);
    expect(await kit.records('commits/')).toEqual(['commits/idle']);
  });

  test('rule 11: any tenure keeps it, also one of a partition that somebody else leads by now', async () => {
    const kit = new Kit();
    await kit.addIncarnation('old', 1);
    await kit.putWal('old', 1);
    await kit.endIncarnation('old');
    await kit.assign('orders', 0, 'other');
    await kit.assign('payments', 7, 'old', 'other');
    await kit.sweepAll();
    expect(await kit.keys()).toEqual([walKey('old', 1)]);
    await kit.delete(assignmentKey('payments', 7));
    await kit.sweepAll();
    expect(await kit.keys()).toEqual([]);
  });

  test('I5: a crash at any point and stores that fail leave work that a later process does', async () => {
    const kit = new Kit();
    await kit.addIncarnation('old', 2500);
    await kit.putWal('old', ...Array.from({ length: 2500 }, (_, index) => index + 1));
    await kit.endIncarnation('old');
    kit.objects.setFaults({ failBefore: 0.2, failAfter: 0.3 });
    kit.metadata.setFaults({ failBefore: 0.1, failAfter: 0.1 });
    for (let round = 0; round < 40; round += 1) {
      if (round % 8 === 0) kit.ended = kit.newProcess();
      await kit.clock.until(kit.ended.sweep(kit.signal).catch(() => undefined));
      await kit.clock.advance(GRACE_MS);
    }
    expect(await kit.keys()).toEqual([]);
    expect(await kit.records('commits/')).toEqual([]);
  });
});

describe('the WAL of an ended incarnation that is still named', () => {
  async function begin(): Promise<Kit> {
    const kit = new Kit();
    await kit.addIncarnation('old', 6);
    await kit.putWal('old', 1, 2, 3, 4, 5, 6, 7, 9);
    await kit.put(mergedKey('old', 4));
    await kit.put(mergedKey('old', 6));
    await kit.write(trimKey('old'), encodeTrimMark({ incarnationId: 'old', sequence: 2 }));
    const merges = [{ from: 3, to: 4, key: mergedKey('old', 4) }];
    await kit.write(mergesKey('old'), encodeWalMerges({ incarnationId: 'old', merges }));
    await kit.assign('orders', 0, 'old');
    return kit;
  }

  test('rule 11: loses what was not committed, trimmed or merged, and keeps what recovery reads', async () => {
    const kit = await begin();
    await kit.endIncarnation('old');
    await kit.sweep();
    expect(await kit.keys()).toHaveLength(10);
    await kit.clock.advance(GRACE_MS);
    await kit.sweep();
    expect(await kit.keys()).toEqual([`${walKey('old', 4)}-0000abcd`, walKey('old', 5), walKey('old', 6)]);
  });

  test('rule 11: while the incarnation lives, nothing of it is taken for uncommitted', async () => {
    const kit = await begin();
    await kit.sweepAll();
    expect(await kit.keys()).toHaveLength(10);
  });

  test('a name that this version does not know is left alone', async () => {
    const kit = await begin();
    await kit.put(`${walObjectKey(NAMESPACE, 'old', 9)}.future`);
    await kit.endIncarnation('old');
    await kit.sweepAll();
    expect(await kit.keys()).toContain(`${walKey('old', 9)}.future`);
  });

  test('I7: leftovers are looked for once, and again after a day', async () => {
    const kit = await begin();
    await kit.endIncarnation('old');
    await kit.clock.advance(GRACE_MS);
    await kit.sweep();
    await kit.putWal('old', 8);
    await kit.clock.advance(GRACE_MS);
    await kit.sweep();
    expect(await kit.keys()).toContain(walKey('old', 8));
    await kit.clock.advance(DAY_MS);
    await kit.sweep();
    expect(await kit.keys()).not.toContain(walKey('old', 8));
  });
});

test('what the incarnation commits between two reads is not taken for uncommitted', async () => {
  const kit = new Kit();
  await kit.addIncarnation('old', 1);
  await kit.putWal('old', 1, 2);
  await kit.assign('orders', 0, 'old');
  await kit.clock.advance(GRACE_MS);
  const range = kit.metadata.range.bind(kit.metadata);
  kit.metadata.range = async (prefix) => {
    const snapshot = await range(prefix);
    if (prefix === 'commits/') {
      await kit.addIncarnation('old', 2);
      await kit.endIncarnation('old');
    }
    return snapshot;
  };
  await kit.sweep();
  expect(await kit.keys()).toEqual([walKey('old', 1), walKey('old', 2)]);
});
