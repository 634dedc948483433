import { describe, expect, test } from '@jest/globals';
import { LedPartition } from '../../../test/support/led-partition.js';
import { segmentKeys } from '../../../test/support/test-segments.js';
import { silentLogger } from '../../logging/logger.js';
import type { Segment } from '../../storage/manifest-format.js';
import { MissingSegments } from './missing-segments.js';

class Kit {
  readonly moves: string[] = [];
  failures = 0;
  heads = 0;
  readonly missing: MissingSegments;

  private constructor(
    readonly led: LedPartition,
    readonly segments: readonly Segment[],
  ) {
    this.missing = new MissingSegments({
      namespace: 'test',
      logs: led.kit.logs,
      catalogue: led.broker.catalogue,
      objects: {
        head: (key, options) => {
          this.heads += 1;
          return led.kit.objects.head(key, options);
        },
      },
      clock: led.clock,
      logger: silentLogger,
      observer: { logStartMoved: (reason) => this.moves.push(reason), cleanupFailed: () => (this.failures += 1) },
    });
  }

  static async begin(count: number): Promise<Kit> {
    const led = await LedPartition.begin();
    const segments: Segment[] = [];
    for (let index = 0; index < count; index += 1) segments.push(await led.addSegment());
    return new Kit(led, segments);
  }

  key(index: number): string {
    return segmentKeys(this.led.log, this.segments[index] as Segment)[0];
  }

  /** As a lifecycle rule would. */
  async lose(...indexes: number[]): Promise<void> {
    for (const index of indexes) {
      await this.led.kit.storedObjects.delete(segmentKeys(this.led.log, this.segments[index] as Segment));
    }
  }

  async report(index: number): Promise<void> {
    await this.led.clock.until(this.missing.report(this.key(index), this.led.signal));
  }
}

describe('segments that somebody has deleted in the bucket', () => {
  test('fault 14: at the beginning of the log they move its start, durably, instead of failing for ever', async () => {
    const kit = await Kit.begin(5);
    await kit.lose(0, 1, 2);
    let heard = 0;
    kit.led.log.onAdvance(() => (heard += 1));
    await kit.report(1);
    expect(kit.led.log.logStartOffset).toBe(30);
    expect(kit.led.bases).toEqual([30, 40]);
    expect(kit.moves).toEqual(['missing']);
    expect(heard).toBe(1);
    const next = await kit.led.restart();
    expect(next.log).toMatchObject({ logStartOffset: 30, highWatermark: 50 });
  });

  test('all of them: the log begins where the WAL does', async () => {
    const kit = await Kit.begin(2);
    await kit.led.broker.produce(kit.led.topic, ['in the WAL']);
    await kit.lose(0, 1);
    await kit.report(0);
    expect(kit.led.log).toMatchObject({ logStartOffset: 20, highWatermark: 21 });
    expect(kit.led.bases).toEqual([]);
  });

  test('I3: one that is missing behind one that is there stays an error, and nothing is skipped', async () => {
    const kit = await Kit.begin(4);
    await kit.lose(2);
    await kit.report(2);
    expect(kit.led.log.logStartOffset).toBe(0);
    expect(kit.led.bases).toEqual([0, 10, 20, 30]);
    expect([kit.failures, kit.moves]).toEqual([1, []]);
  });

  test('I3: the start moves past those at the beginning, and not past one that is there, whichever was asked for', async () => {
    const kit = await Kit.begin(4);
    await kit.lose(0, 2);
    await kit.report(2);
    expect(kit.led.log.logStartOffset).toBe(10);
    expect(kit.led.bases).toEqual([10, 20, 30]);
  });

  test('I7: a hole is not looked for again for a minute, however often it is read', async () => {
    const kit = await Kit.begin(3);
    await kit.lose(1);
    await kit.report(1);
    const { heads } = kit;
    for (let read = 0; read < 100; read += 1) await kit.report(1);
    expect([kit.heads, kit.failures]).toEqual([heads, 1]);
    await kit.led.clock.advance(60_000);
    await kit.report(1);
    expect(kit.failures).toBe(2);
  });

  test('what is there after all changes nothing', async () => {
    const kit = await Kit.begin(2);
    await kit.report(0);
    expect(kit.led.bases).toEqual([0, 10]);
    expect([kit.failures, kit.moves]).toEqual([0, []]);
  });

  test('a store that fails moves nothing', async () => {
    const kit = await Kit.begin(3);
    await kit.lose(0, 1);
    kit.led.kit.objects.setFaults({ failBefore: 0.7 });
    for (let attempt = 0; attempt < 10; attempt += 1) {
      await kit.report(0);
      expect([0, 20]).toContain(kit.led.log.logStartOffset);
    }
    kit.led.kit.objects.setFaults({});
    await kit.report(0);
    expect(kit.led.log.logStartOffset).toBe(20);
    expect(kit.failures).toBeGreaterThan(0);
  });

  test('only below the log start that is there already: nothing to do', async () => {
    const kit = await Kit.begin(3);
    await kit.led.clock.until(kit.led.kit.logs.deleteRecords([{ log: kit.led.log, offset: 15 }], 1000));
    await kit.lose(0);
    await kit.report(0);
    expect(kit.led.log.logStartOffset).toBe(15);
    expect(kit.moves).toEqual([]);
  });

  test('a crowd of readers causes one search', async () => {
    const kit = await Kit.begin(3);
    await kit.lose(0, 1);
    const { signal, clock } = kit.led;
    await clock.until(Promise.all(Array.from({ length: 20 }, () => kit.missing.report(kit.key(0), signal))));
    expect(kit.heads).toBeLessThanOrEqual(1 + 3);
    expect(kit.moves).toHaveLength(1);
  });
});
