import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  Ledger,
  REBALANCE_MS,
  SESSION_MS,
  SimulatedClient,
  SimulatedCoordinator,
  type SaveFate,
} from '../../../test/support/group-simulation.js';

type Step =
  | { readonly do: 'come'; readonly isStatic: boolean }
  | { readonly do: 'come back' | 'stall' | 'resume' | 'crash' | 'leave'; readonly who: number }
  | { readonly do: 'save'; readonly fate: SaveFate }
  | { readonly do: 'restart'; readonly applyPending: boolean };

interface TimedStep {
  readonly step: Step;
  readonly thenWaitMs: number;
}

const MAX_CLIENTS = 6;
/** By then sessions have ended, rebalances have timed out, and another rebalance is over. */
const QUIET_MS = 2 * REBALANCE_MS + 2 * SESSION_MS + 60_000;

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('come' as const), isStatic: fc.boolean() }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'come back' as const,
        'stall' as const,
        'resume' as const,
        'crash' as const,
        'leave' as const,
      ),
      who: fc.nat(MAX_CLIENTS - 1),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('save' as const),
      // Longer than anybody waits, too.
      fate: fc.record({ delayMs: fc.nat(8_000), fails: fc.boolean() }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const), applyPending: fc.boolean() }) },
);

const timedStep: fc.Arbitrary<TimedStep> = fc.record({
  step,
  thenWaitMs: fc.oneof(fc.nat(50), fc.nat(2_000), fc.nat(15_000)),
});

/** One group under test, with everybody who ever came. */
class Run {
  readonly coordinator = new SimulatedCoordinator();
  readonly clients: SimulatedClient[] = [];
  private readonly ledger = new Ledger();

  async carryOut({ step: next, thenWaitMs }: TimedStep): Promise<void> {
    switch (next.do) {
      case 'come':
        if (this.alive().length < MAX_CLIENTS) this.add(`client-${this.clients.length}`, next.isStatic);
        break;
      case 'save':
        this.coordinator.nextSave(next.fate);
        break;
      case 'restart':
        // Whoever is not in a stored generation has to begin anew.
        if (this.coordinator.group.state !== 'Stable') for (const client of this.clients) client.excuse();
        await this.coordinator.restart(next.applyPending);
        break;
      default:
        this.afflict(next.do, this.clients[next.who % Math.max(1, this.clients.length)]);
    }
    await this.coordinator.clock.advance(thenWaitMs);
  }

  /** Lets everybody who still can come to rest. */
  async settle(): Promise<void> {
    for (const client of this.clients) client.resume();
    await this.coordinator.clock.advance(QUIET_MS);
  }

  alive(): SimulatedClient[] {
    return this.clients.filter((client) => client.isAlive);
  }

  /** Throws what a client found wrong. */
  async stop(): Promise<void> {
    for (const client of this.clients) client.crash();
    await this.coordinator.clock.advance(QUIET_MS);
    await Promise.all(this.clients.map((client) => client.ended()));
  }

  private afflict(
    how: 'come back' | 'stall' | 'resume' | 'crash' | 'leave',
    client: SimulatedClient | undefined,
  ): void {
    if (client === undefined) return;
    if (how !== 'come back') {
      client[how]();
    } else if (client.isStatic && (client.isStalled || !client.isAlive)) {
      // Another process in its place. If the one that stalled goes on, one of the two is fenced.
      const others = this.named(client.name).filter(({ isAlive }) => isAlive);
      if (others.every(({ isStalled }) => isStalled)) this.add(client.name, true);
      if (others.length > 0) for (const twin of this.named(client.name)) twin.hasTwin = true;
    }
  }

  private named(name: string): SimulatedClient[] {
    return this.clients.filter((client) => client.name === name);
  }

  private add(name: string, isStatic: boolean): void {
    const client = new SimulatedClient(name, this.coordinator, this.ledger, isStatic);
    this.clients.push(client);
    client.start();
  }
}

describe('a classic group, whatever its members do', () => {
  test('one generation, one assignment; nobody who answers is put out; nobody who is gone stays', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(timedStep, { minLength: 1, maxLength: 40, size: 'max' }), async (steps) => {
        const run = new Run();
        for (const each of steps) await run.carryOut(each);
        await run.settle();

        const { group } = run.coordinator;
        const alive = run.alive();
        expect(run.clients.flatMap(({ faults }) => faults)).toEqual([]);
        expect(group.state).toBe(alive.length === 0 ? 'Empty' : 'Stable');
        expect(group.members.map(({ id }) => id).sort()).toEqual(alive.map(({ memberId }) => memberId).sort());
        expect(new Set(alive.map(({ generation }) => generation))).toEqual(
          new Set(alive.length === 0 ? [] : [group.generationId]),
        );
        expect(group.isVacant).toBe(alive.length === 0);
        await run.stop();
        expect(run.coordinator.group.isVacant).toBe(true);
      }),
      { numRuns: 250 },
    );
  }, 180_000);
});
