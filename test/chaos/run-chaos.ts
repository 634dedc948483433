import { setTimeout as delay } from 'node:timers/promises';
import { createTopic } from '../support/topics.js';
import { checkContents } from './check.js';
import { ChaosConsumer } from './consumer.js';
import { History } from './history.js';
import { MortalBroker } from './mortal-broker.js';
import { ChaosProducer, type ProducerOptions } from './producer.js';
import type { Stores } from './stores.js';

const TOPIC = 'chaos';
const PARTITIONS = 3;
const PATIENCE_MS = 60_000;
/** Small objects and many of them, and segments all the time, so that several are on their way when the broker dies. */
const BUSY = {
  KAFSCALE_WAL_OBJECT_BYTES: '64Ki',
  KAFSCALE_WRITE_BUDGET_PUTS_PER_SEC: '30',
  KAFSCALE_SEGMENT_BYTES: '1Mi',
  KAFSCALE_COMPACT_AFTER_SEC: '1',
  KAFSCALE_COMPACTION_PUTS_PER_SEC: '100',
  KAFSCALE_BROKER_ID: '1',
};

const PRODUCERS: readonly Pick<ProducerOptions, 'name' | 'idempotent' | 'acks'>[] = [
  { name: 'idempotent-a', idempotent: true, acks: -1 },
  { name: 'idempotent-b', idempotent: true, acks: -1 },
  { name: 'plain-all', idempotent: false, acks: -1 },
  { name: 'plain-one', idempotent: false, acks: 1 },
];

/** What was done to brokers. */
export interface Disturbances {
  kills: number;
  /** Of these, kills of a broker that had only just been started. */
  killsWhileStarting: number;
  /** SIGSTOP, and SIGCONT after longer than the lease lasts. */
  pauses: number;
}

export interface ChaosReport extends Readonly<Disturbances> {
  readonly acknowledgedBatches: number;
  readonly acknowledgedRecords: number;
  readonly storedRecords: number;
  readonly lostConnections: number;
  /** Errors that clients were answered and got over. */
  readonly errors: Readonly<Record<string, number>>;
  readonly seconds: number;
  readonly violations: readonly string[];
}

/** What is done to the brokers while clients are at work. */
export interface Disturbance {
  /** Where clients are at work. */
  readonly topic: string;
  readonly partitions: number;
  /** Names of producers whose records must all be there once, in order. Who disturbs may add producers of its own. */
  readonly idempotentProducers: string[];
  readonly broker: MortalBroker;
  readonly history: History;
  readonly done: Disturbances;
  /** Creates another broker on the same stores. */
  readonly another: () => Promise<MortalBroker>;
  /** Sends all clients to another broker. */
  readonly moveClientsTo: (broker: MortalBroker) => void;
}

/** Starts a broker and its clients, disturbs them, lets them finish, and checks every promise against the log. */
export async function runChaos(stores: Stores, disturb: (what: Disturbance) => Promise<void>): Promise<ChaosReport> {
  const startedAt = performance.now();
  const env = { ...BUSY, ...stores.env };
  const brokers = [await MortalBroker.create(env)];
  let current = brokers[0]!;
  const history = new History();
  const done: Disturbances = { kills: 0, killsWhileStarting: 0, pauses: 0 };
  const bootstrap = () => current.bootstrap;
  const producers = PRODUCERS.map(
    (options) => new ChaosProducer({ ...options, topic: TOPIC, partitions: PARTITIONS, bootstrap }, history),
  );
  const consumer = new ChaosConsumer(TOPIC, PARTITIONS, bootstrap, history);
  const idempotent = PRODUCERS.filter((producer) => producer.idempotent).map(({ name }) => name);
  try {
    await current.spawn();
    await current.ready();
    await createTopic(current.bootstrap, TOPIC, PARTITIONS);
    const producing = producers.map((producer) => producer.run());
    const consuming = consumer.run();
    await disturb({
      topic: TOPIC,
      partitions: PARTITIONS,
      idempotentProducers: idempotent,
      broker: current,
      history,
      done,
      another: async () => {
        const broker = await MortalBroker.create(env);
        brokers.push(broker);
        return broker;
      },
      moveClientsTo: (broker) => (current = broker),
    });
    for (const producer of producers) producer.stop();
    await within(PATIENCE_MS, 'the producers to finish', Promise.all(producing));
    consumer.stop();
    await consuming;
    await current.kill();
    done.kills += 1;
    const contents = await readFromFreshBroker(current, history);
    await within(PATIENCE_MS, 'everything to be in segments', allCompacted(current));
    const segments = await readAll(current, history);
    if (JSON.stringify(segments) !== JSON.stringify(contents)) history.violation('I3: segments hold something else');
    const seen = consumer.positions.map(({ keys }) => keys);
    checkContents(history, contents, seen, idempotent);
    return report(history, contents, done, startedAt);
  } catch (error) {
    const log = brokers.map((broker) => broker.log.slice(-3000)).join('\n');
    throw new Error(`${String(error)}\n${history.violations.join('\n')}\n${log}`, { cause: error });
  } finally {
    for (const producer of producers) producer.abandon();
    consumer.stop();
    await Promise.all(brokers.map((broker) => broker.dispose()));
  }
}

/** What the successor of a killed broker shows: it comes from the stores alone (I5). */
async function readFromFreshBroker(broker: MortalBroker, history: History): Promise<string[][]> {
  await broker.spawn();
  await broker.ready();
  return readAll(broker, history);
}

async function readAll(broker: MortalBroker, history: History): Promise<string[][]> {
  const reader = new ChaosConsumer(TOPIC, PARTITIONS, () => broker.bootstrap, history);
  const reading = reader.readToEnd();
  // It is given up below when nothing more comes.
  reading.catch(() => undefined);
  try {
    // After a long run there is much to read: what counts is that it goes on.
    for (let before = -1; reader.readRecords > before;) {
      before = reader.readRecords;
      const ended = await Promise.race([reading.then(() => true), delay(PATIENCE_MS, false, { ref: false })]);
      if (ended) return reader.positions.map(({ keys }) => keys);
    }
    const where = reader.positions.map(({ keys, highWatermark }) => `${keys.length} of ${highWatermark}`);
    throw new Error(`nothing was read for ${PATIENCE_MS} ms: ${where.join(', ')}`);
  } finally {
    reader.stop();
    reader.close();
  }
}

async function allCompacted(broker: MortalBroker): Promise<void> {
  for (;;) {
    const metrics = await (await fetch(`http://${broker.httpAddress}/metrics`)).text();
    if (/^kafscale_compaction_backlog_extents 0$/m.test(metrics)) return;
    await delay(200);
  }
}

/** Kills a broker again and again, at random moments of its work and sometimes of its start. */
export async function killRepeatedly(
  { broker, history, done }: Disturbance,
  kills: number,
  progress: (killed: number) => void = () => undefined,
): Promise<void> {
  // The check at the end kills once more.
  while (done.kills < kills - 1) {
    if (Math.random() < 0.15) {
      await delay(Math.random() * 1_500);
      done.killsWhileStarting += 1;
    } else {
      await history.moreAcknowledged(1 + Math.floor(Math.random() * 40), PATIENCE_MS);
      await delay(Math.random() * 150);
    }
    if (!broker.isRunning) throw new Error('the broker has ended by itself');
    await broker.kill();
    done.kills += 1;
    progress(done.kills);
    await broker.spawn();
  }
  await history.moreAcknowledged(PRODUCERS.length * PARTITIONS, PATIENCE_MS);
}

/** @throws {Error} when it takes longer than `timeoutMs` */
export async function within<T>(timeoutMs: number, what: string, promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`waited ${timeoutMs} ms for ${what}`)), timeoutMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function report(history: History, contents: readonly string[][], done: Disturbances, startedAt: number): ChaosReport {
  return {
    ...done,
    acknowledgedBatches: history.acknowledged.length,
    acknowledgedRecords: history.acknowledgedRecords,
    storedRecords: contents.reduce((sum, { length }) => sum + length, 0),
    lostConnections: history.lostConnections,
    errors: history.errors,
    seconds: Math.round((performance.now() - startedAt) / 1000),
    violations: history.violations,
  };
}
