import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { within } from '../../chaos/run-chaos.js';
import { checkHistory } from '../../cluster/checker/check-history.js';
import type { Violation } from '../../cluster/checker/events.js';
import { WireProducer } from '../../cluster/clients/wire-producer.js';
import { WireReader } from '../../cluster/clients/wire-reader.js';
import { Recorder } from '../../cluster/rig/recorder.js';
import { spawnBroker, type StartingBroker } from '../../support/broker.js';
import { createTopic } from '../../support/topics.js';

const TOPIC = 'load';
const PARTITIONS = 4;
const PATIENCE_MS = 45_000;
const START_MS = 60_000;

export interface LoadedBrokersOptions {
  /** The addresses of etcd as each broker is told them: as many brokers as there are entries. */
  readonly etcd: readonly string[];
  readonly settings?: Readonly<Record<string, string>>;
}

/** Brokers with producers and a reader at work. They share etcd, and a folder in place of a bucket. */
export class LoadedBrokers {
  private constructor(
    readonly brokers: readonly StartingBroker[],
    readonly recorder: Recorder,
    private readonly folder: string,
    private readonly producers: readonly WireProducer[],
    private readonly reader: WireReader,
  ) {}

  /** Resolves when records are acknowledged in every partition. @throws {Error} when a broker doesn't come up */
  static async start({ etcd, settings }: LoadedBrokersOptions): Promise<LoadedBrokers> {
    const folder = await mkdtemp(join(tmpdir(), 'kafscale-brokers-'));
    const env = { KAFSCALE_DATA_DIR: join(folder, 'data'), KAFSCALE_ALLOW_MIXED_STORES: 'true', ...settings };
    const brokers = await Promise.all(
      etcd.map((endpoints, number) =>
        spawnBroker({ ...env, KAFSCALE_BROKER_ID: String(number), KAFSCALE_ETCD_ENDPOINTS: endpoints }),
      ),
    );
    try {
      await Promise.all(brokers.map((broker) => broker.ready(START_MS)));
      const bootstrap = brokers.map((broker) => broker.bootstrap);
      await createTopic(bootstrap[0]!, TOPIC, PARTITIONS);
      const recorder = new Recorder(folder);
      const plan = { bootstrap, topic: TOPIC, partitions: PARTITIONS, intervalMs: 20 };
      const produce = (name: string, idempotent: boolean) =>
        new WireProducer({ ...plan, name }, { idempotent, acks: -1 }, Math.random, recorder);
      const producers = [produce('idempotent', true), produce('plain', false)];
      const reader = new WireReader({ ...plan, name: 'reader' }, recorder);
      reader.start();
      const loaded = new LoadedBrokers(brokers, recorder, folder, producers, reader);
      await loaded.progress();
      return loaded;
    } catch (error) {
      await Promise.all(brokers.map(({ process }) => process.kill('SIGKILL')));
      throw error;
    }
  }

  /** `host:port` of each. */
  get bootstrap(): readonly string[] {
    return this.brokers.map((broker) => broker.bootstrap);
  }

  /** Resolves when more records are acknowledged in every partition. @throws {Error} after 45 s */
  progress(): Promise<void> {
    return this.recorder.progressEverywhere(PARTITIONS, PATIENCE_MS);
  }

  /** Reads all partitions from their start. @returns how many records were there */
  async readMeanwhile(): Promise<number> {
    const { recorder } = this;
    const name = `reader-${recorder.events.length}`;
    const reader = new WireReader({ bootstrap: this.bootstrap, topic: TOPIC, partitions: PARTITIONS, name }, recorder);
    try {
      await within(PATIENCE_MS, 'the log to be read', reader.readToEnd());
    } finally {
      await reader.stop();
    }
    const shown = recorder.events.map((event) =>
      event.type === 'poll' && event.reader === name ? event.keys.length : 0,
    );
    return shown.reduce((sum, count) => sum + count, 0);
  }

  /** Lets the clients finish, reads the log, and compares it with what they were told. */
  async finish(): Promise<readonly Violation[]> {
    await within(PATIENCE_MS, 'the producers', Promise.all(this.producers.map((producer) => producer.stop())));
    await within(PATIENCE_MS, 'the reader', this.reader.stop());
    const plan = { bootstrap: this.bootstrap, topic: TOPIC, partitions: PARTITIONS, name: 'final' };
    const final = new WireReader(plan, this.recorder, { final: true });
    try {
      await within(PATIENCE_MS, 'the log to be read', final.readToEnd());
    } finally {
      await final.stop();
    }
    return checkHistory(this.recorder.events);
  }

  /** Ends clients and brokers, and removes the data. */
  async stop(): Promise<void> {
    const abandoned = this.producers.map((producer) => producer.abandon());
    await Promise.all([...abandoned, this.reader.stop()]);
    await Promise.all(this.brokers.map(({ process }) => process.kill('SIGKILL')));
    await this.recorder.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/**
 * Asks etcd which incarnations live.
 *
 * @param prefix of the brokers, the default when left out
 * @returns their keys, in order
 */
export async function incarnationsIn(endpoint: string, prefix = '/kafscale/'): Promise<readonly string[]> {
  return keysIn(endpoint, `${prefix}incarnations/`);
}

/** Asks etcd for all keys with a prefix, in order. */
export async function keysIn(endpoint: string, prefix: string): Promise<readonly string[]> {
  const key = Buffer.from(prefix);
  const end = Buffer.from(key);
  end.writeUInt8(end.readUInt8(end.length - 1) + 1, end.length - 1);
  const body = JSON.stringify({ key: key.toString('base64'), range_end: end.toString('base64'), keys_only: true });
  const answer = await fetch(`${endpoint}/v3/kv/range`, { method: 'POST', body, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`etcd answered ${answer.status}: ${await answer.text()}`);
  const { kvs = [] } = (await answer.json()) as { readonly kvs?: readonly { readonly key: string }[] };
  return kvs.map((entry) => Buffer.from(entry.key, 'base64').toString());
}
