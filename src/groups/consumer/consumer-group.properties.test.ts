import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { FakeConsumer, ConsumerGroupKit, type Delivery } from '../../../test/support/consumer-group-kit.js';
import { FakeClassicConsumer, type Cooperation } from '../../../test/support/fake-classic-consumer.js';
import { listPartitions } from './partitions.js';

const TOPICS = ['a', 'b', 'ab'];
const INSTANCES = ['i0', 'i1'];

type Step =
  | { readonly type: 'join'; readonly topics: string[] | RegExp; readonly instance: string | null }
  | {
      readonly type: 'joinClassic';
      readonly topics: string[];
      readonly instance: string | null;
      readonly cooperation: Cooperation;
    }
  | { readonly type: 'heartbeat'; readonly consumer: number; readonly delivery: Delivery }
  | { readonly type: 'finishRevocation' | 'crash' | 'leave' | 'leaveForAWhile'; readonly consumer: number }
  | { readonly type: 'subscribe'; readonly consumer: number; readonly topics: string[] | RegExp }
  | { readonly type: 'resize'; readonly topic: string; readonly partitions: number }
  | { readonly type: 'wait'; readonly ms: number }
  | { readonly type: 'holdSaves' | 'releaseSaves' | 'failSaves' | 'failOver' };

const consumer = fc.nat(5);
const topics = fc.oneof(
  { weight: 3, arbitrary: fc.subarray(TOPICS) },
  { weight: 1, arbitrary: fc.constantFrom(/a.*/, /.*b/) },
);
const delivery = fc.constantFrom<Delivery>('delivered', 'delivered', 'delivered', 'request lost', 'response lost');
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('join' as const),
      topics,
      instance: fc.option(fc.constantFrom(...INSTANCES)),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('joinClassic' as const),
      topics: fc.subarray(TOPICS),
      instance: fc.option(fc.constantFrom(...INSTANCES)),
      cooperation: fc.constantFrom<Cooperation>('eager', 'cooperative'),
    }),
  },
  { weight: 14, arbitrary: fc.record({ type: fc.constant('heartbeat' as const), consumer, delivery }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('finishRevocation' as const), consumer }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constantFrom('crash' as const, 'leave' as const, 'leaveForAWhile' as const),
      consumer,
    }),
  },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('subscribe' as const), consumer, topics }) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('resize' as const),
      topic: fc.constantFrom(...TOPICS),
      partitions: fc.nat(6),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('wait' as const),
      ms: fc.constantFrom(100, 1_000, 5_000, 20_000, 50_000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constantFrom('holdSaves' as const, 'releaseSaves' as const, 'failSaves' as const, 'failOver' as const),
    }),
  },
);

class World {
  readonly kit: ConsumerGroupKit;
  readonly consumers: (FakeConsumer | FakeClassicConsumer)[] = [];

  constructor(assignmentIntervalMs: number) {
    this.kit = new ConsumerGroupKit({ assignmentIntervalMs });
    this.kit.topics.set('a', 4);
    this.kit.topics.set('b', 3);
  }

  async run(step: Step): Promise<void> {
    this.start(step);
    if (step.type === 'wait') await this.kit.clock.advance(step.ms);
    else await this.kit.clock.settle();
    this.expectOneOwnerEach();
  }

  /** Nothing goes wrong any more, and everybody does what they should. */
  async calmDown(): Promise<void> {
    this.kit.releaseSaves();
    for (let round = 0; round < 60; round += 1) {
      for (const each of this.consumers) {
        each.finishRevocation();
        await each.heartbeat();
      }
      await this.kit.clock.advance(2_000);
      this.expectOneOwnerEach();
    }
  }

  expectSettled(): void {
    const { group, topics: known } = this.kit;
    const alive = this.consumers.filter(({ isGone }) => !isGone);
    expect(group.members.map(({ id }) => id).sort()).toEqual(alive.map(({ id }) => id).sort());
    expect(group.state).toBe(alive.length === 0 ? 'Empty' : 'Stable');
    if (alive.length > 0) expect(group.targetEpoch).toBe(group.groupEpoch);
    for (const each of alive) {
      const member = group.members.find(({ id }) => id === each.id)!;
      const target = flat(listPartitions(group.targetOf(each.id)));
      expect({ epoch: each.epoch, owned: [...each.owned].sort() }).toEqual({ epoch: group.groupEpoch, owned: target });
      expect(flat(listPartitions(member.assigned))).toEqual(target);
    }
    const subscribed = group.subscribedTopicNames();
    const all = known.all().filter(({ name }) => subscribed.has(name));
    const expected = all.flatMap(({ id, partitionCount }) =>
      Array.from({ length: partitionCount }, (_, p) => `${id}/${p}`),
    );
    expect(alive.flatMap(({ owned }) => [...owned]).sort()).toEqual(expected.sort());
  }

  private start(step: Step): void {
    const { kit, consumers } = this;
    const target = 'consumer' in step ? consumers[step.consumer] : undefined;
    switch (step.type) {
      case 'join': {
        const joining = new FakeConsumer(`c${consumers.length}`, kit, step.topics, step.instance);
        consumers.push(joining);
        void joining.heartbeat();
        break;
      }
      case 'joinClassic': {
        const joining = new FakeClassicConsumer(kit, step.topics, step.cooperation, step.instance);
        consumers.push(joining);
        void joining.heartbeat();
        break;
      }
      case 'heartbeat':
        void target?.heartbeat(step.delivery);
        break;
      case 'finishRevocation':
        target?.finishRevocation();
        break;
      case 'crash':
        target?.stop();
        break;
      case 'leave':
        void target?.leave();
        break;
      case 'leaveForAWhile':
        if (target instanceof FakeConsumer && target.instanceId !== null) void target.leave(-2);
        break;
      case 'subscribe':
        if (target instanceof FakeConsumer) target.subscribe(step.topics);
        else if (Array.isArray(step.topics)) target?.subscribe(step.topics);
        break;
      case 'resize':
        this.resize(step.topic, step.partitions);
        break;
      case 'wait':
        break;
      default:
        kit[step.type]();
    }
  }

  /** Topics grow, or are deleted and perhaps created anew. */
  private resize(topic: string, partitions: number): void {
    const { topics: known, group } = this.kit;
    const current = known.get(topic)?.partitionCount ?? 0;
    if (partitions < current) known.delete(topic);
    if (partitions > 0) known.set(topic, partitions);
    group.topicsChanged();
  }

  /** Of those who were not put out: those have been silent for too long, and have not heard of it yet. */
  private expectOneOwnerEach(): void {
    const owners = new Map<string, string>();
    for (const { id, owned } of this.consumers) {
      if (this.kit.putOut.has(id)) continue;
      for (const partition of owned) {
        expect({ partition, owners: [owners.get(partition) ?? id, id] }).toEqual({ partition, owners: [id, id] });
        owners.set(partition, id);
      }
    }
  }
}

function flat(partitions: ReturnType<typeof listPartitions>): string[] {
  return partitions.flatMap(({ topicId, partitions: numbers }) => numbers.map((each) => `${topicId}/${each}`)).sort();
}

test('no partition ever has two owners, and in the end every member has what it is to have', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }),
      fc.constantFrom(0, 1_000),
      async (steps, assignmentIntervalMs) => {
        const world = new World(assignmentIntervalMs);
        for (const each of steps) await world.run(each);
        await world.calmDown();
        world.expectSettled();
      },
    ),
    { numRuns: 200 },
  );
}, 120_000);
