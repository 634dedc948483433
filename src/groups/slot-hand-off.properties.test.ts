import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { MetadataFaults } from '../../test/support/faulty-metadata-store.js';
import { GroupKit } from '../../test/support/group-kit.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';

const BROKERS = 3;
const GROUP_NAMES = ['a', 'b', 'c', 'd'];
const RETRIABLE: readonly ErrorCode[] = [
  ErrorCode.NOT_COORDINATOR,
  ErrorCode.COORDINATOR_NOT_AVAILABLE,
  ErrorCode.COORDINATOR_LOAD_IN_PROGRESS,
];

type Step = { readonly waitMs: number } & (
  | { readonly do: 'commit'; readonly group: string; readonly broker: number }
  | { readonly do: 'move'; readonly slot: number; readonly broker: number }
  | { readonly do: 'crash' | 'drain' | 'undrain'; readonly broker: number }
  | { readonly do: 'assign'; readonly broker: number }
  | { readonly do: 'faults'; readonly broker: number; readonly faults: MetadataFaults }
);

const broker = fc.nat(BROKERS - 1);
const waitMs = fc.oneof(fc.constant(0), fc.nat(30), fc.nat(1_000));
const chance = (max: number) => fc.double({ min: 0, max, noNaN: true });
const faults = fc.oneof(
  fc.constant<MetadataFaults>({}),
  fc.record({
    failBefore: chance(0.4),
    failAfter: chance(0.3),
    applyLate: chance(0.3),
    lateMs: fc.constant(3_000),
    latencyMs: fc.constant<[number, number]>([0, 60]),
    watchLagMs: fc.constantFrom(0, 500),
  }),
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      do: fc.constant('commit' as const),
      group: fc.constantFrom(...GROUP_NAMES),
      broker,
      waitMs,
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('move' as const), slot: fc.nat(1), broker, waitMs }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('assign' as const), broker, waitMs }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('crash' as const, 'drain' as const, 'undrain' as const),
      broker,
      waitMs,
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('faults' as const), broker, faults, waitMs }) },
);

/** Brokers over one store, and what they have acknowledged. */
class World {
  private readonly kits: GroupKit[] = [];
  private readonly acknowledged = new Map<string, number>();
  private readonly pending: Promise<void>[] = [];
  private lastOffset = -1;
  private seeds: number;

  constructor(seed: number) {
    this.seeds = seed * 1_000;
  }

  async begin(): Promise<void> {
    for (let id = 0; id < BROKERS; id += 1) await this.start(id);
    await this.assign(0);
  }

  async run(step: Step): Promise<void> {
    const kit = this.kits[step.broker]!;
    switch (step.do) {
      case 'commit':
        this.commit(kit, step.group);
        break;
      case 'move':
        await kit.controller.move(step.broker, (_, number) => number === step.slot);
        break;
      case 'assign':
        await this.assign(step.broker);
        break;
      case 'faults':
        kit.store.setFaults(step.faults);
        break;
      case 'drain':
        this.pending.push(kit.directory.drain());
        break;
      case 'undrain':
        kit.directory.undrain();
        break;
      case 'crash':
        await kit.incarnation.supersede();
        // Others may own its slots before it notices.
        if (step.waitMs % 2 === 0) kit.directory.abandon('killed');
        await this.start(step.broker);
    }
    await kit.clock.advance(step.waitMs);
    for (const group of GROUP_NAMES) this.look(group);
  }

  /** Nothing goes wrong any more. */
  async calmDown(): Promise<void> {
    const [first] = this.kits as [GroupKit];
    for (const kit of this.kits) {
      kit.store.setFaults({});
      kit.directory.undrain();
    }
    for (let round = 0; round < 20; round += 1) {
      await first.clock.advance(1_000);
      await this.assign(round % BROKERS);
    }
    await first.clock.until(Promise.all(this.pending));
    for (const group of GROUP_NAMES) expect(this.look(group)).toBe(1);
  }

  private async start(id: number): Promise<void> {
    const [peer] = this.kits;
    const kit = new GroupKit({}, peer, (this.seeds += 10), id);
    this.kits[id] = kit;
    await kit.join();
  }

  private async assign(id: number): Promise<void> {
    const preferred = this.kits[id]!;
    await preferred.controller.assign(({ moveTo }) => (this.kits[Number(moveTo || id)] ?? preferred).incarnation);
  }

  private commit(kit: GroupKit, group: string): void {
    const offset = (this.lastOffset += 1);
    const done = kit.commit(group, offset).then(
      (code) => {
        if (code === ErrorCode.NONE) {
          this.acknowledged.set(group, Math.max(offset, this.acknowledged.get(group) ?? -1));
        } else expect(RETRIABLE).toContain(code);
      },
      (error: unknown) => {
        if (!(error instanceof KafkaError)) throw error;
        expect(RETRIABLE).toContain(error.code);
      },
    );
    this.pending.push(done);
  }

  /** Nobody shows less than was acknowledged. @returns how many brokers that live serve the group */
  private look(group: string): number {
    let serving = 0;
    for (const { incarnation, offsets } of this.kits) {
      if (!incarnation.isRegistered) continue;
      try {
        const { offset } = offsets.fetch(group, 'orders', 0) ?? { offset: -1 };
        expect(offset).toBeGreaterThanOrEqual(this.acknowledged.get(group) ?? -1);
        serving += 1;
      } catch (error) {
        if (!(error instanceof KafkaError)) throw error;
        expect(RETRIABLE).toContain(error.code);
      }
    }
    expect(serving).toBeLessThanOrEqual(1);
    return serving;
  }
}

test('I1, I4: whatever happens to brokers, slots and the metadata store, a group is served once, and no acknowledged offset goes back', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }),
      fc.nat(1_000),
      async (steps, seed) => {
        const world = new World(seed);
        await world.begin();
        for (const each of steps) await world.run(each);
        await world.calmDown();
      },
    ),
    { numRuns: 60 },
  );
}, 240_000);
