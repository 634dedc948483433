import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { within } from '../../chaos/run-chaos.js';
import { hasTool } from '../../support/tools.js';
import { checkHistory } from '../checker/check-history.js';
import type { Violation } from '../checker/events.js';
import { franzGo, java, kafkajs, librdkafka, LoadProgram, type LoadLibrary } from '../clients/load-program.js';
import type { LoadPlan } from '../clients/load-plan.js';
import { OffsetWatcher } from '../clients/offset-watcher.js';
import { WireProducer } from '../clients/wire-producer.js';
import { WireReader } from '../clients/wire-reader.js';
import { rackOf } from './cluster-broker.js';
import { Cluster } from './cluster.js';
import { Recorder } from './recorder.js';

const TOPIC = 'cluster';
const PARTITIONS = 6;
const INTERVAL_MS = 250;
const PATIENCE_MS = 240_000;
const POLL_MS = 200;
/** As patient as the other libraries are by default: KafkaJS gives up after five tries within seconds. */
const PATIENT_KAFKAJS = { retries: 1000 };

export interface ClusterRun {
  readonly brokers: number;
  readonly random: () => number;
  /** The folder to keep the history in; a new one when left out. */
  readonly folder?: string;
  /** KafkaJS with its default number of retries. */
  readonly defaultRetries?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
}

export interface ClusterReport {
  /** Where `history.jsonl` and the brokers' logs are. */
  readonly folder: string;
  readonly acknowledgedRecords: number;
  /** Each record as often as some reader was shown it. */
  readonly shownRecords: number;
  readonly events: number;
  readonly violations: readonly Violation[];
}

/** A cluster under load. */
export interface LoadedCluster {
  readonly cluster: Cluster;
  readonly recorder: Recorder;
  readonly partitions: number;
}

/**
 * Starts a cluster and clients of several libraries, disturbs it, lets the clients finish, reads the log twice (the
 * second time from brokers that have all been killed), and checks the history.
 *
 * @throws {Error} when something gets stuck or ends as it must not; the message names the folder with the history
 */
export async function runCluster(
  run: ClusterRun,
  disturb: (loaded: LoadedCluster) => Promise<void>,
): Promise<ClusterReport> {
  const folder = run.folder ?? (await mkdtemp(join(tmpdir(), 'kafscale-cluster-')));
  await mkdir(folder, { recursive: true });
  const recorder = new Recorder(folder);
  let cluster: Cluster | undefined;
  let clients: Clients | undefined;
  try {
    cluster = await Cluster.start({
      ...run,
      topic: TOPIC,
      partitions: PARTITIONS,
      folder,
      endedByItself: (what) => recorder.add({ type: 'disturbance', what }),
    });
    clients = new Clients(cluster.bootstrap, run, recorder);
    await within(PATIENCE_MS, 'all clients to be at work', clients.atWork());
    await disturb({ cluster, recorder, partitions: PARTITIONS });
    recorder.add({ type: 'disturbance', what: 'the clients are to finish' });
    await clients.finish();
    await readLog('final', cluster, recorder);
    await Promise.all(cluster.brokers.map((broker) => broker.kill()));
    await Promise.all(cluster.brokers.map((broker) => broker.start()));
    await cluster.ready();
    await readLog('final-after-kills', cluster, recorder);
  } catch (error) {
    const violations = checkHistory(recorder.events).map(({ anomaly, what }) => `${anomaly}: ${what}`);
    const message = `${String(error)}\nhistory in ${folder}\n${violations.join('\n')}`;
    throw new Error(message, { cause: error });
  } finally {
    await clients?.abandon();
    await cluster?.stop();
    await recorder.close();
  }
  const violations = checkHistory(recorder.events);
  await writeFile(join(folder, 'violations.json'), JSON.stringify(violations, null, 2));
  return {
    folder,
    acknowledgedRecords: recorder.acknowledged,
    shownRecords: recorder.shown,
    events: recorder.events.length,
    violations,
  };
}

async function readLog(name: string, { bootstrap }: Cluster, recorder: Recorder): Promise<void> {
  const reader = new WireReader({ bootstrap, topic: TOPIC, partitions: PARTITIONS, name }, recorder, { final: true });
  try {
    await within(PATIENCE_MS, 'the log to be read', reader.readToEnd());
  } finally {
    await reader.stop();
  }
}

interface Client {
  stop(): Promise<void>;
}

/** All that is at work: producers first, so that consumers can catch up with them. */
class Clients {
  private readonly producers: (Client & { abandon(): Promise<void> })[];
  private readonly readers: readonly WireReader[];
  private readonly members: LoadProgram[];
  private readonly watchers: OffsetWatcher[];
  private readonly groups: string[];
  private abandoned = false;

  constructor(
    bootstrap: readonly string[],
    { random, defaultRetries }: ClusterRun,
    private readonly recorder: Recorder,
  ) {
    const plan = { bootstrap, topic: TOPIC, partitions: PARTITIONS, intervalMs: INTERVAL_MS };
    const patient = defaultRetries === true ? {} : PATIENT_KAFKAJS;
    const producer = (library: LoadLibrary, config: LoadPlan['config'] = {}) =>
      new LoadProgram(library, { ...plan, name: `${library.name}-producer`, role: 'produce', config }, recorder);
    const groupOf = (library: LoadLibrary, count: number, config: LoadPlan['config'] = {}, group = library.name) =>
      Array.from(
        { length: count },
        (_, index) =>
          new LoadProgram(library, { ...plan, name: `${group}-${index}`, role: 'group', group, config }, recorder),
      );
    const wire = (name: string, options: { readonly idempotent: boolean; readonly acks: 1 | -1 }) =>
      new WireProducer({ ...plan, name }, options, random, recorder);
    this.producers = [
      wire('wire-idempotent', { idempotent: true, acks: -1 }),
      wire('wire-all', { idempotent: false, acks: -1 }),
      wire('wire-one', { idempotent: false, acks: 1 }),
      producer(kafkajs, { idempotent: true, maxInFlightRequests: 1, ...patient }),
      ...installed(franzGo, () => producer(franzGo)),
      ...installed(librdkafka, () => producer(librdkafka, { 'enable.idempotence': true })),
      ...installed(java, () => producer(java)),
    ];
    this.readers = [
      new WireReader({ ...plan, name: 'wire-reader' }, recorder),
      new WireReader({ ...plan, name: 'wire-near' }, recorder, { rack: rackOf(1) }),
    ];
    for (const reader of this.readers) reader.start();
    this.members = [
      // With more retries it would ask the former coordinator that often.
      ...groupOf(kafkajs, 1),
      ...installed(franzGo, () => groupOf(franzGo, 2)).flat(),
      ...installed(librdkafka, () => groupOf(librdkafka, 2, { 'client.rack': rackOf(2) })).flat(),
      ...installed(java, () => groupOf(java, 1, { 'group.protocol': 'consumer' }, 'java-848')).flat(),
    ];
    this.groups = [
      kafkajs.name,
      ...installed(franzGo, () => franzGo.name),
      ...installed(librdkafka, () => librdkafka.name),
      ...installed(java, () => 'java-848'),
    ];
    this.watchers = this.groups.map((group) => new OffsetWatcher(plan, group, recorder));
  }

  /** Resolves when each producer and each group has got something done: connecting is not what is tested. */
  async atWork(): Promise<void> {
    const { events, atWork } = this.recorder;
    for (;;) {
      const members = events.filter((event) => event.type === 'reader').filter(({ reader }) => atWork.has(reader));
      const groups = new Set(members.map(({ group }) => group));
      const idle = events.some((event) => event.type === 'producer' && !atWork.has(event.producer));
      if (this.abandoned || (!idle && this.groups.every((group) => groups.has(group)))) return;
      await delay(POLL_MS);
    }
  }

  /** Ends the producers, lets groups catch up, and ends the rest. */
  async finish(): Promise<void> {
    await within(PATIENCE_MS, 'the producers to finish', all(this.producers.map((producer) => producer.stop())));
    await within(PATIENCE_MS, 'the groups to catch up', this.caughtUp());
    for (const group of this.groups) this.recorder.add({ type: 'caught up', group });
    await within(PATIENCE_MS, 'the consumers to leave', all(this.members.map((member) => member.stop())));
    await within(
      PATIENCE_MS,
      'the readers to finish',
      all([...this.readers, ...this.watchers].map((one) => one.stop())),
    );
  }

  /** SIGKILL, for what has not finished. */
  async abandon(): Promise<void> {
    this.abandoned = true;
    await all([...this.producers, ...this.members].map((client) => client.abandon()));
    await all([...this.readers, ...this.watchers].map((one) => one.stop()));
  }

  /** Resolves when each group has committed the end of every partition. */
  private async caughtUp(): Promise<void> {
    while (!this.abandoned && !this.groups.every((group) => this.recorder.hasCaughtUp(group))) await delay(POLL_MS);
  }
}

/** What is made of a library, unless its tool is missing. */
function installed<T>(library: LoadLibrary, make: () => T): T[] {
  return library.tool === undefined || hasTool(library.tool) ? [make()] : [];
}

async function all(promises: readonly Promise<unknown>[]): Promise<void> {
  await Promise.all(promises);
}
