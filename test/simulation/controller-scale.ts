import { ControllerKit, controllerOf, TestLeader } from '../support/controller-kit.js';

/** What one change of the cluster has cost. */
export interface ScaleFigures {
  readonly change: string;
  /** Virtual time until every partition was open, and no broker had more than its share, ms. Calls take no time in it. */
  readonly virtualMs: number;
  /** Time on this machine, controller and metadata store and the simulated brokers included, ms. */
  readonly realMs: number;
  readonly assigned: number;
  readonly moved: number;
  readonly controllerTransactions: number;
  readonly refused: number;
  readonly brokerTransactions: number;
  readonly runs: number;
}

export interface ScaleOptions {
  readonly brokers: number;
  readonly topics: number;
  readonly partitionsPerTopic: number;
}

/** How long a broker takes to open what it was assigned and to release what it is to, ms. */
const BROKER_DELAY_MS = 100;

/** A cluster of many brokers and partitions, in which one thing after the other happens. */
export class ScaleSimulation {
  readonly kit = new ControllerKit();
  private readonly leaders: TestLeader[] = [];
  private readonly controllers: { close(): Promise<void> }[] = [];
  private incarnations = 0;

  constructor(private readonly options: ScaleOptions) {}

  /** Topics are there, and brokers, all at once. */
  start(): Promise<ScaleFigures> {
    return this.measure('start', async () => {
      const { brokers, topics, partitionsPerTopic } = this.options;
      for (let id = 1; id <= brokers; id += 1) await this.join(id);
      for (let topic = 0; topic < topics; topic += 1) await this.kit.topics.put(`topic-${topic}`, partitionsPerTopic);
      this.controllers.push(controllerOf(this.leaders[0] as TestLeader));
    });
  }

  crash(brokerId: number): Promise<ScaleFigures> {
    return this.measure('crash of a broker', () => this.leader(brokerId).crash());
  }

  comeBack(brokerId: number): Promise<ScaleFigures> {
    return this.measure('return of a broker', () => this.join(brokerId));
  }

  drain(brokerId: number): Promise<ScaleFigures> {
    return this.measure('drain of a broker', () => this.leader(brokerId).drain());
  }

  /** A broker's process ends and is there again before its lease has run out. */
  restart(brokerId: number): Promise<ScaleFigures> {
    return this.measure('restart of a broker', () => this.join(brokerId, this.leader(brokerId)));
  }

  async close(): Promise<void> {
    await this.kit.clock.until(Promise.all(this.controllers.map((controller) => controller.close())));
    await this.kit.close();
  }

  /** Keys and values of all assignments, bytes. */
  async assignmentBytes(): Promise<number> {
    const { entries } = await this.kit.store.range('assignments/');
    return entries.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
  }

  private async join(brokerId: number, predecessor?: TestLeader): Promise<void> {
    this.incarnations += 1;
    const rack = `rack-${brokerId % 3}`;
    const id = `incarnation-${String(this.incarnations).padStart(10, '0')}`;
    this.leaders.push(await TestLeader.register(this.kit, brokerId, id, rack, predecessor));
  }

  private leader(brokerId: number): TestLeader {
    const leader = this.leaders.find((one) => one.brokerId === brokerId && one.isLive());
    if (leader === undefined) throw new RangeError(`there is no broker ${brokerId}`);
    return leader;
  }

  private async measure(change: string, run: () => Promise<void>): Promise<ScaleFigures> {
    const { kit } = this;
    kit.resetCounts();
    const began = { virtual: kit.clock.monotonic(), real: performance.now() };
    await run();
    const quietSince = await this.untilQuiet();
    const { counts } = kit;
    return {
      change,
      virtualMs: quietSince - began.virtual,
      realMs: Math.round(performance.now() - began.real),
      assigned: counts.assigned,
      moved: counts.moved,
      controllerTransactions: counts.transactions.applied,
      refused: counts.transactions.refused + counts.transactions.failed,
      brokerTransactions: kit.leaderTransactions,
      runs: counts.runs,
    };
  }

  /** @returns virtual time of the last change */
  private async untilQuiet(): Promise<number> {
    const { clock } = this.kit;
    let quietSince = clock.monotonic();
    for (let idle = 0; idle < 3;) {
      await clock.advance(BROKER_DELAY_MS);
      let changes = 0;
      for (const leader of this.leaders) {
        if (!leader.isLive()) continue;
        changes += (await leader.claim()) + (await leader.release());
        if (await leader.releaseSlots()) changes += 1;
      }
      idle = changes === 0 ? idle + 1 : 0;
      if (changes > 0) quietSince = clock.monotonic();
    }
    return quietSince;
  }
}
