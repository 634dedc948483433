import { randomUUID } from 'node:crypto';
import { startEtcd } from '../test/support/etcd.js';
import type { EtcdServer } from '../test/support/etcd.js';
import type { BrokerKind, BrokerUnderTest } from './brokers/broker-under-test.js';
import { KafscaleBroker } from './brokers/kafscale.js';
import { externalBroker, startPeer } from './brokers/other-brokers.js';
import type { Budget, Figure } from './figures.js';
import { LoadProcess } from './load/load-process.js';
import { S3WithLatency } from './stores/s3-with-latency.js';

export interface BenchOptions {
  /** Brokers that the comparing scenarios run against, one after the other. */
  readonly brokers: readonly BrokerKind[];
  /** A broker that runs already, instead of those. */
  readonly external?: { readonly bootstrap: string; readonly pid: number | undefined };
  /** More settings of our own broker, by their names in the environment. */
  readonly environment: Readonly<Record<string, string>>;
  /** Bytes to produce in the throughput scenarios. */
  readonly transferBytes: number;
  /** How long scenarios at a given load run, ms. */
  readonly durationMs: number;
}

/** One subject of measurement; see `scenarios/`. */
export interface Scenario {
  readonly name: string;
  readonly summary: string;
  /** Needs our own broker on S3 and etcd; can't run against any other. */
  readonly oursOnly: boolean;
  run(bench: Bench): Promise<void>;
}

/** What scenarios have in common: the load process, the stores, brokers to measure, and where the figures go. */
export class Bench {
  readonly load = new LoadProcess();
  readonly figures: Figure[] = [];
  private scenario = '';
  private s3Server: Promise<S3WithLatency> | undefined;
  private etcdServer: Promise<EtcdServer> | undefined;

  constructor(
    readonly options: BenchOptions,
    private readonly progress: (line: string) => void,
  ) {}

  async run(scenario: Scenario): Promise<void> {
    this.scenario = scenario.name;
    await scenario.run(this);
    if (this.s3Server !== undefined) await (await this.s3Server).delay({});
  }

  /** Keeps a figure. Budgets are ours: those of other brokers are not judged by them. */
  record(broker: BrokerUnderTest, name: string, value: number, unit: string, budget?: Budget): void {
    const ours = broker.kind.startsWith('kafscale');
    const figure = { scenario: this.scenario, name, broker: broker.kind, value, unit };
    this.figures.push(ours && budget !== undefined ? { ...figure, budget } : figure);
    this.progress(`${this.scenario}: ${broker.kind}: ${name}: ${value.toPrecision(3)} ${unit}`);
  }

  /** Measures the brokers that were chosen, one at a time. */
  async forEachBroker(measure: (broker: BrokerUnderTest) => Promise<void>): Promise<void> {
    const { external, brokers } = this.options;
    for (const kind of external === undefined ? brokers : ['external' as const]) {
      await this.withBroker(() => this.start(kind), measure);
    }
  }

  /** Measures our own broker on S3 and etcd. */
  async withOurs(
    environment: Readonly<Record<string, string>>,
    measure: (broker: KafscaleBroker) => Promise<void>,
  ): Promise<void> {
    await this.withBroker(() => this.startOnS3(environment), measure);
  }

  /** The S3 server that our brokers use. */
  s3(): Promise<S3WithLatency> {
    return (this.s3Server ??= S3WithLatency.start());
  }

  etcd(): Promise<EtcdServer> {
    return (this.etcdServer ??= startEtcd());
  }

  /** A new topic, all of its partitions led. */
  async createTopic({ bootstrap }: BrokerUnderTest, partitions: number) {
    const target = { bootstrap, topic: `bench-${randomUUID()}`, partitions };
    await this.load.run({ kind: 'create-topic', ...target });
    return target;
  }

  async stop(): Promise<void> {
    this.load.stop();
    await (await this.s3Server)?.stop();
    await (await this.etcdServer)?.stop();
  }

  private async withBroker<B extends BrokerUnderTest>(
    start: () => Promise<B>,
    measure: (broker: B) => Promise<void>,
  ): Promise<void> {
    const broker = await start();
    try {
      await measure(broker);
    } finally {
      await broker.stop();
    }
  }

  private async start(kind: BrokerKind): Promise<BrokerUnderTest> {
    switch (kind) {
      case 'kafscale-s3':
        return this.startOnS3({});
      case 'kafscale-local':
        return KafscaleBroker.onLocalDirectory(this.options.environment);
      case 'apache-kafka':
        return startPeer();
      case 'external': {
        const { external } = this.options;
        if (external === undefined) throw new Error('no external broker was named');
        return externalBroker(external.bootstrap, external.pid);
      }
    }
  }

  private async startOnS3(environment: Readonly<Record<string, string>>): Promise<KafscaleBroker> {
    const [s3, etcd] = await Promise.all([this.s3(), this.etcd()]);
    return KafscaleBroker.onS3(s3, etcd, { ...this.options.environment, ...environment });
  }
}
