import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { AssignmentMonitor } from '../../../test/support/assignment-monitor.js';
import { ControllerKit, TestLeader, untilQuiet } from '../../../test/support/controller-kit.js';
import { FaultyMetadataStore } from '../../../test/support/faulty-metadata-store.js';
import { seededRandom } from '../../../test/support/seeded-random.js';
import { Controller } from './controller.js';
import { MOVE_REST_MS } from './move-history.js';

/** What may go wrong between a controller and the metadata store. */
const FAULTS = {
  latencyMs: [0, 50],
  failBefore: 0.1,
  failAfter: 0.1,
  applyLate: 0.3,
  lateMs: 3000,
  watchLagMs: 1000,
} as const;

type Step =
  | { readonly type: 'join' | 'crash' | 'isolate' | 'drain' | 'claim' | 'release'; readonly broker: number }
  | { readonly type: 'topic'; readonly name: string; readonly partitions: number }
  | { readonly type: 'wait'; readonly ms: number };

const brokerSteps = fc.record({
  type: fc.constantFrom('join', 'join', 'crash', 'isolate', 'drain', 'claim', 'claim', 'release', 'release'),
  broker: fc.integer({ min: 1, max: 4 }),
}) as fc.Arbitrary<Step>;
const topicSteps: fc.Arbitrary<Step> = fc.record({
  type: fc.constant('topic'),
  name: fc.constantFrom('orders', 'payments'),
  partitions: fc.integer({ min: 0, max: 6 }),
});
const waits: fc.Arbitrary<Step> = fc.record({ type: fc.constant('wait'), ms: fc.constantFrom(0, 5, 50, 500, 5000) });
const steps = fc.array(fc.oneof({ weight: 4, arbitrary: brokerSteps }, { weight: 1, arbitrary: topicSteps }, waits), {
  minLength: 10,
  maxLength: 60,
});

/** Brokers each with a controller, some of which have ended without knowing it. */
class Brokers {
  readonly kit = new ControllerKit();
  readonly monitor = new AssignmentMonitor(this.kit.store);
  private readonly leaders = new Map<number, TestLeader>();
  private readonly controllers = new Map<TestLeader, Controller>();
  private readonly connections: FaultyMetadataStore[] = [];
  private readonly partitions = new Map<string, number>();
  private joined = 0;

  constructor(private readonly seed: number) {}

  async take(step: Step): Promise<void> {
    if (step.type === 'wait') return this.kit.clock.advance(step.ms);
    if (step.type === 'topic') return this.changeTopic(step.name, step.partitions);
    const leader = this.leaders.get(step.broker);
    if (step.type === 'join') return this.join(step.broker);
    if (step.type === 'claim') await leader?.claim();
    if (step.type === 'release') await leader?.release();
    if (step.type === 'drain') await leader?.drain();
    // The key of an isolated one is gone, but it doesn't hear of it, and what it has sent is still on its way.
    if (step.type === 'isolate') await leader?.lease.revoke();
    if (step.type === 'crash') await leader?.crash();
    if (step.type === 'crash' && leader !== undefined) this.controllers.get(leader)?.abandon('crashed');
    if (step.type === 'isolate' || step.type === 'crash') this.leaders.delete(step.broker);
  }

  /** Everything works again: what is assigned then has to be all, and even. */
  async settle(): Promise<void> {
    for (const connection of this.connections) connection.setFaults({});
    for (const [leader, controller] of this.controllers) {
      if (this.leaders.get(leader.brokerId) !== leader) controller.abandon('it has heard of its end');
    }
    await this.join(9, {});
    await this.kit.clock.advance(10_000);
    await untilQuiet(this.kit, [...this.leaders.values()]);
    // What was to be moved to a broker that is gone may be moved again then.
    await this.kit.clock.advance(MOVE_REST_MS);
    await untilQuiet(this.kit, [...this.leaders.values()]);
  }

  async loads(): Promise<number[]> {
    const loads = await this.kit.loads();
    return [...this.leaders.values()].filter((one) => !one.isDraining).map(({ brokerId }) => loads[brokerId] ?? 0);
  }

  get partitionCount(): number {
    return [...this.partitions.values()].reduce((sum, count) => sum + count, 0);
  }

  async close(): Promise<void> {
    const closing = Promise.all([...this.controllers.values()].map((controller) => controller.close()));
    await this.kit.clock.until(closing);
    await this.kit.close();
  }

  private async join(brokerId: number, faults: object = FAULTS): Promise<void> {
    const predecessor = this.leaders.get(brokerId);
    // The successor ends it; whether it hears of that is left open.
    await predecessor?.lease.revoke();
    this.joined += 1;
    const random = seededRandom(this.seed + this.joined);
    const connection = new FaultyMetadataStore(this.monitor, { faults, clock: this.kit.clock, random });
    this.connections.push(connection);
    const leader = await TestLeader.register(this.kit, brokerId, `i-${this.joined}`, brokerId % 2 === 0 ? 'a' : 'b');
    const controller = new Controller(this.kit.contextOf(connection, this.seed + this.joined));
    controller.begin(leader);
    this.leaders.set(brokerId, leader);
    this.controllers.set(leader, controller);
  }

  private async changeTopic(name: string, partitions: number): Promise<void> {
    const known = this.partitions.get(name) ?? 0;
    if (partitions === 0) {
      await this.kit.topics.delete(name);
      this.monitor.forget(name);
      this.partitions.delete(name);
    } else if (partitions > known) {
      await this.kit.topics.put(name, partitions);
      this.partitions.set(name, partitions);
    }
  }
}

test('R5, R9: with controllers that are old, slow or cut off, no epoch has two owners, and no live leader is robbed', async () => {
  let assigned = 0;
  await fc.assert(
    fc.asyncProperty(steps, fc.integer(), async (all, seed) => {
      const brokers = new Brokers(seed);
      await brokers.kit.topics.put('always', 5);
      for (const step of all) await brokers.take(step);
      await brokers.settle();
      expect(brokers.monitor.violations).toEqual([]);
      const loads = await brokers.loads();
      expect(loads.reduce((sum, load) => sum + load, 0)).toBe(brokers.partitionCount + 5);
      expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
      assigned += brokers.monitor.assigned;
      await brokers.close();
    }),
    { numRuns: 40 },
  );
  expect(assigned).toBeGreaterThan(100);
}, 120_000);
