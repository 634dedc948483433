import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AssignmentMonitor } from '../../../test/support/assignment-monitor.js';
import { controllerOf, ControllerKit, TestLeader } from '../../../test/support/controller-kit.js';
import { FaultyMetadataStore } from '../../../test/support/faulty-metadata-store.js';
import { INCARNATIONS_PREFIX } from '../../metadata/keys.js';
import type { Transaction, TransactionResult, Watch, WatchListener } from '../../metadata/metadata-store.js';
import type { Controller } from './controller.js';

/*
 * The controller's part of the rules of docs/design/013-many-brokers.md: what it believes is made wrong, and the
 * metadata store must refuse what it then wants to do.
 */

/** A connection of a broker that is cut off: it hears nothing new, and its transactions arrive when the test says so. */
class PausedConnection extends AssignmentMonitor {
  private isPaused = false;
  private readonly held: (() => Promise<unknown>)[] = [];

  pause(): void {
    this.isPaused = true;
  }

  /** Applies everything that was sent since, also twice: a copy may arrive late. */
  async deliver(): Promise<void> {
    for (const send of [...this.held, ...this.held]) await send();
  }

  get heldBack(): number {
    return this.held.length;
  }

  override txn(transaction: Transaction): Promise<TransactionResult> {
    if (!this.isPaused) return super.txn(transaction);
    this.held.push(() => super.txn(transaction));
    return new Promise(() => undefined);
  }
}

/** A connection whose watch of the incarnations starts with an old copy, in which some are missing. */
class ForgetfulConnection extends AssignmentMonitor {
  constructor(
    store: ControllerKit['store'],
    private readonly missing: string,
  ) {
    super(store);
  }

  override watch(prefix: string, listener: WatchListener): Watch {
    if (prefix !== INCARNATIONS_PREFIX) return super.watch(prefix, listener);
    return super.watch(prefix, {
      ...listener,
      snapshot: (entries, revision) => {
        listener.snapshot(
          entries.filter(({ key }) => key !== `${INCARNATIONS_PREFIX}${this.missing}`),
          revision,
        );
      },
    });
  }
}

let kit: ControllerKit;
let controllers: Controller[];

beforeEach(() => {
  kit = new ControllerKit();
  controllers = [];
});
afterEach(async () => {
  for (const controller of controllers) controller.abandon('the test is over');
  await kit.close();
});

function compete(leader: TestLeader, connection: AssignmentMonitor | FaultyMetadataStore): Controller {
  const controller = controllerOf(leader, connection);
  controllers.push(controller);
  return controller;
}

const leaderOf = async (name: string) => (await kit.assignments()).get(name);

describe('R5: a partition leaves a live incarnation only by its own release', () => {
  test('although the controller takes the incarnation for gone', async () => {
    const first = await TestLeader.register(kit, 1, 'first');
    compete(first, new AssignmentMonitor(kit.store));
    await kit.topics.put('orders', 4);
    await kit.clock.advance(100);
    await first.claim();
    const second = await TestLeader.register(kit, 2, 'second');
    controllers[0]?.abandon('another one takes its place');
    await kit.store.txn({ compare: [], success: [{ type: 'delete', key: 'controller' }] });
    const forgetful = new ForgetfulConnection(kit.store, 'first');
    const controller = compete(second, forgetful);
    await kit.clock.advance(5000);
    expect(controller.isController).toBe(true);
    expect(kit.counts.transactions.refused).toBeGreaterThan(0);
    expect(await kit.loads()).toEqual({ 1: 4 });
    expect(forgetful.violations).toEqual([]);
  });

  test('and a move is only asked for: the leader and its epoch stay until it has released', async () => {
    const first = await TestLeader.register(kit, 1, 'first');
    const monitor = new AssignmentMonitor(kit.store);
    compete(first, monitor);
    await kit.topics.put('orders', 2);
    await kit.clock.advance(100);
    await first.claim();
    await TestLeader.register(kit, 2, 'second');
    await kit.clock.advance(100);
    const moving = [...(await kit.assignments()).entries()].filter(([, { moveTo }]) => moveTo === '2');
    expect(moving).toHaveLength(1);
    const [name = ''] = moving[0] ?? [];
    expect(await leaderOf(name)).toMatchObject({ brokerId: '1', incarnationId: 'first', epoch: 0 });
    await first.release();
    await kit.clock.advance(100);
    expect(await leaderOf(name)).toMatchObject({ brokerId: '2', incarnationId: 'second', epoch: 1, moveTo: '' });
    expect(monitor.violations).toEqual([]);
  });
});

describe('R8: a partition is given to another only after the release, or after the end of the incarnation', () => {
  test('a crashed one is given away once its incarnation has ended, with the tenures that its successor reads', async () => {
    const first = await TestLeader.register(kit, 1, 'first');
    const second = await TestLeader.register(kit, 2, 'second');
    const monitor = new AssignmentMonitor(kit.store);
    compete(second, monitor);
    await kit.topics.put('orders', 2);
    await kit.clock.advance(100);
    await first.claim();
    await second.claim();
    const [name, before] = [...(await kit.assignments())].find(([, { brokerId }]) => brokerId === '1') ?? [
      '',
      undefined,
    ];
    await kit.clock.advance(60_000);
    expect(await leaderOf(name)).toEqual(before);
    await first.crash();
    await kit.clock.advance(100);
    expect(await leaderOf(name)).toMatchObject({
      brokerId: '2',
      epoch: 1,
      incarnationId: 'second',
      tenures: [{ incarnationId: 'first', epoch: 0, fromOffset: 0, toOffset: undefined }],
    });
    expect(monitor.violations).toEqual([]);
  });
});

describe('R9: an assignment compares the record, the controller’s key and the new leader’s incarnation', () => {
  /** A controller that was stopped while it assigns partitions, and the one that has come after it. */
  async function oldAndNew() {
    const old = await TestLeader.register(kit, 1, 'old');
    const connection = new PausedConnection(kit.store);
    const oldController = compete(old, connection);
    const other = await TestLeader.register(kit, 2, 'other');
    // So that what it sends is about the other one alone.
    await old.drain();
    await kit.clock.advance(100);
    connection.pause();
    await kit.topics.put('orders', 6);
    await kit.clock.advance(100);
    expect(connection.heldBack).toBeGreaterThan(0);
    return { old, connection, oldController, other };
  }

  test('late copies of what an old controller has sent change nothing once it is replaced', async () => {
    const { old, connection, other } = await oldAndNew();
    const monitor = new AssignmentMonitor(kit.store);
    await old.lease.revoke();
    const controller = compete(other, monitor);
    await kit.clock.advance(1000);
    expect(controller.isController).toBe(true);
    const assigned = await kit.assignments();
    await connection.deliver();
    await kit.clock.advance(1000);
    expect(await kit.assignments()).toEqual(assigned);
    expect(await kit.loads()).toEqual({ 2: 6 });
    expect([...monitor.violations, ...connection.violations]).toEqual([]);
  });

  test('nor before there is a new one', async () => {
    const { old, connection } = await oldAndNew();
    await old.lease.revoke();
    await connection.deliver();
    expect(await kit.assignments()).toEqual(new Map());
  });

  test('what is sent for an incarnation that ends meanwhile is refused as a whole, and planned anew', async () => {
    const first = await TestLeader.register(kit, 1, 'first');
    const lagging = new FaultyMetadataStore(new AssignmentMonitor(kit.store), {
      faults: { watchLagMs: 400 },
      clock: kit.clock,
      random: () => 0.999,
    });
    compete(first, lagging);
    const second = await TestLeader.register(kit, 2, 'second');
    await kit.clock.advance(2000);
    await second.crash();
    await kit.topics.put('orders', 6);
    await kit.clock.advance(2000);
    expect(kit.counts.transactions.refused).toBeGreaterThan(0);
    expect(await kit.loads()).toEqual({ 1: 6 });
    for (const { epoch } of (await kit.assignments()).values()) expect(epoch).toBe(0);
  });

  test('an assignment that is applied late, after another was planned in its place, changes nothing', async () => {
    const first = await TestLeader.register(kit, 1, 'first');
    const monitor = new AssignmentMonitor(kit.store);
    const faulty = new FaultyMetadataStore(monitor, { clock: kit.clock, random: () => 0.5 });
    compete(first, faulty);
    await kit.clock.advance(100);
    faulty.setFaults({ applyLate: 1, lateMs: 2000 });
    await kit.topics.put('orders', 6);
    await kit.clock.settle();
    faulty.setFaults({});
    await TestLeader.register(kit, 2, 'second');
    await first.drain();
    await kit.clock.advance(900);
    const assigned = await kit.assignments();
    await kit.clock.advance(5000);
    expect(await kit.assignments()).toEqual(assigned);
    for (const record of assigned.values()) expect(record).toMatchObject({ brokerId: '2', epoch: 0 });
    expect(monitor.assigned).toBe(6);
    expect(monitor.violations).toEqual([]);
  });
});
