import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { GroupKit, TOPIC } from '../../test/support/group-kit.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';

const RETRIABLE: readonly ErrorCode[] = [ErrorCode.COORDINATOR_NOT_AVAILABLE, ErrorCode.NOT_COORDINATOR];

describe('committed offsets', () => {
  test('are shown when they are durable, not before', async () => {
    const kit = await new GroupKit().begin();
    kit.store.setFaults({ latencyMs: [200, 200] });
    const committing = kit.commit('g', 7);
    await kit.clock.advance(50);
    expect(kit.offset('g')).toBeUndefined();
    expect(await kit.clock.until(committing)).toBe(ErrorCode.NONE);
    expect(kit.offset('g')).toBe(7);
  });

  test('a commit whose outcome stays unknown is answered COORDINATOR_NOT_AVAILABLE; it may be there later', async () => {
    const kit = await new GroupKit().begin();
    kit.store.setFaults({ failAfter: 1 });
    const committing = kit.commit('g', 7);
    await expect(kit.clock.until(committing)).rejects.toMatchObject({ code: ErrorCode.COORDINATOR_NOT_AVAILABLE });
    expect(kit.offset('g')).toBeUndefined();
    kit.store.setFaults({});
    await kit.clock.advance(5_000);
    expect(kit.offset('g')).toBe(7);
  });

  test('whoever fetches with requireStable waits for commits that are under way', async () => {
    const kit = await new GroupKit().begin();
    kit.store.setFaults({ latencyMs: [200, 200] });
    const committing = kit.commit('g', 7);
    await kit.clock.until(kit.offsets.settle('g'));
    expect(kit.offset('g')).toBe(7);
    await committing;
  });

  test('commits of many groups share transactions', async () => {
    const kit = await new GroupKit().begin();
    const commits = Array.from({ length: 1_000 }, (_, index) => kit.commit(`g${index % 100}`, index, index % 10));
    await kit.clock.until(Promise.all(commits));
    expect(kit.transactions.length).toBeLessThanOrEqual(10);
    expect(kit.offset('g99', 9)).toBe(999);
  });

  test('of a topic that was deleted are shown no more, also when another has its name', async () => {
    const kit = await new GroupKit().begin();
    await kit.clock.until(kit.commit('g', 7));
    kit.topics.delete(TOPIC.name);
    expect(kit.offset('g')).toBeUndefined();
    expect(kit.offsets.fetchAll('g')).toEqual([]);
    kit.topics.set(TOPIC.name, { id: 'AAECAwQFBgcICQoLDA0OEA' });
    expect(kit.offset('g')).toBeUndefined();
  });

  test('I1: whatever the metadata store does, an offset that was acknowledged is there after a restart', async () => {
    const step = fc.record({
      partition: fc.nat(2),
      waitMs: fc.oneof(fc.constant(0), fc.nat(300)),
      faults: fc.option(
        fc.record({
          failBefore: fc.double({ min: 0, max: 0.4, noNaN: true }),
          failAfter: fc.constant(0.2),
          applyLate: fc.constant(0.2),
        }),
      ),
      restart: fc.oneof({ weight: 9, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }),
        fc.nat(1_000),
        async (steps, seed) => {
          let kit = await new GroupKit({}, undefined, seed * 1_000 + 1).begin();
          const acknowledged = new Map<number, number>();
          const attempted = new Map<number, number>();
          const pending: Promise<void>[] = [];
          for (const [offset, { partition, waitMs, faults, restart }] of steps.entries()) {
            kit.store.setFaults(faults === null ? {} : { ...faults, latencyMs: [0, 50], lateMs: 2_000 });
            attempted.set(partition, offset);
            const committing = kit.commit('g', offset, partition).then(
              (code) => {
                if (code === ErrorCode.NONE)
                  acknowledged.set(partition, Math.max(offset, acknowledged.get(partition) ?? -1));
                else expect(RETRIABLE).toContain(code);
              },
              (error: unknown) => {
                if (!(error instanceof KafkaError)) throw error;
                expect([...RETRIABLE, ErrorCode.COORDINATOR_LOAD_IN_PROGRESS]).toContain(error.code);
              },
            );
            pending.push(committing);
            await kit.clock.advance(waitMs);
            if (restart) kit = await kit.restart({}, seed * 1_000 + 10 + offset);
          }
          kit.store.setFaults({});
          await kit.clock.until(Promise.all(pending));
          kit = await kit.restart({}, seed * 1_000 + 999);
          await kit.clock.advance(10_000);
          for (const [partition, last] of attempted) {
            const shown = kit.offset('g', partition) ?? -1;
            expect(shown).toBeGreaterThanOrEqual(acknowledged.get(partition) ?? -1);
            expect(shown).toBeLessThanOrEqual(last);
          }
        },
      ),
      { numRuns: 100 },
    );
  }, 120_000);
});
