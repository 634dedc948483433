import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEtcd } from '../support/etcd.js';
import { S3FaultProxy } from '../support/s3-fault-proxy.js';
import { startSeaweedFs } from '../support/seaweedfs.js';
import { seededRandom } from '../support/seeded-random.js';
import { BrokerCounters, type BrokerCounts } from './broker-counters.js';
import { History } from './history.js';
import { LibraryClients } from './library-clients.js';
import { Rereader } from './rereader.js';
import { RetainedTopic } from './retained-topic.js';
import { runChaos, within, type ChaosReport, type Disturbance } from './run-chaos.js';
import { s3Environment } from './stores.js';
import { changeWeather } from './weather.js';

const PATIENCE_MS = 120_000;
const SETTINGS = {
  // So little that readers from the start, and restarts, read objects.
  KAFSCALE_CACHE_BYTES: '1Mi',
  // A start in the worst weather takes its time.
  KAFSCALE_STARTUP_TIMEOUT_SEC: '300',
  // So often that all of it happens between two kills: compaction, merges, trims, retention, removal.
  KAFSCALE_COMPACT_AFTER_SEC: '1',
  KAFSCALE_COMPACTION_PUTS_PER_SEC: '20',
  KAFSCALE_RETENTION_CHECK_INTERVAL_MS: '1000',
  KAFSCALE_DELETE_GRACE_SEC: '5',
};

/** What happened while the object store failed. */
interface Seen {
  /** How many times everything was read from the start. */
  readonly rereads: number;
  /** Where the topic begins that keeps little. */
  readonly retainedLogStart: number;
  readonly counts: BrokerCounts;
}

export interface SoakReport extends ChaosReport, Seen {
  readonly seed: number;
  /** Requests to the object store, by operation. */
  readonly requests: S3FaultProxy['requests'];
  /** Faults that they met. */
  readonly faults: S3FaultProxy['injected'];
}

/**
 * Runs a broker on etcd and an S3 server behind a fault proxy, with producers and consumers, and kills it now and then;
 * then checks every promise against the log.
 *
 * @param seed decides about faults; what meets them depends on the machine too
 * @throws {Error} when a promise was broken, or the run got stuck: it names the seed, and a file with the whole history
 */
export async function soak(seed: number, seconds: number, progress: (line: string) => void): Promise<SoakReport> {
  const random = seededRandom(seed);
  const [s3, etcd] = await Promise.all([startSeaweedFs(), startEtcd()]);
  const proxy = await S3FaultProxy.start(s3.endpoint, random);
  try {
    const bucket = `soak-${randomBytes(4).toString('hex')}`;
    await s3.createBucket(bucket);
    const env = { ...SETTINGS, ...s3Environment({ ...s3, endpoint: proxy.endpoint }, bucket, etcd.endpoint) };
    let history: History | undefined;
    let seen: Seen | undefined;
    try {
      const report = await runChaos({ env, stop: () => Promise.resolve() }, async (what) => {
        history = what.history;
        seen = await disturb(what, proxy, random, seconds, progress);
      });
      if (seen === undefined) throw new Error('nothing was seen');
      if (report.violations.length > 0) throw new Error(report.violations.join('\n'));
      return { ...report, ...seen, seed, requests: proxy.requests, faults: proxy.injected };
    } catch (error) {
      throw new Error(`with seed ${seed}, history in ${await keep(history)}: ${String(error)}`, { cause: error });
    }
  } finally {
    await proxy.stop();
    await Promise.all([s3.stop(), etcd.stop()]);
  }
}

/** @returns the file */
async function keep(history: History | undefined): Promise<string> {
  const file = join(await mkdtemp(join(tmpdir(), 'kafscale-soak-failed-')), 'history.json');
  await writeFile(file, JSON.stringify(history ?? {}));
  return file;
}

async function disturb(
  what: Disturbance,
  proxy: S3FaultProxy,
  random: () => number,
  seconds: number,
  progress: (line: string) => void,
): Promise<Seen> {
  const { history, broker, topic, partitions } = what;
  const counters = new BrokerCounters(broker.httpAddress);
  const clients = new LibraryClients('library', broker.bootstrap, topic, partitions, history);
  what.idempotentProducers.push(clients.name);
  const retainedHistory = new History();
  const retained = await RetainedTopic.create(broker.bootstrap, retainedHistory);
  const rereader = new Rereader(what);
  const running = Promise.all([clients.run(), retained.run(), rereader.run()]);
  try {
    await history.moreAcknowledged(20, PATIENCE_MS);
    await changeWeather(what, proxy, counters, random, seconds, progress);
    await history.moreAcknowledged(20, PATIENCE_MS);
    progress('good weather: until everything was compacted and trimmed once');
    await counters.allCounted(PATIENCE_MS);
    progress('the clients are to finish');
    for (const client of [clients, retained, rereader]) client.stop();
    await within(PATIENCE_MS, 'the clients to finish', running);
    await clients.caughtUp(PATIENCE_MS);
    await within(PATIENCE_MS, 'the library to disconnect', clients.disconnect());
    await proxy.lateRequestsDone();
    progress('the clients have finished: what they were told is compared with the log');
    const retainedLogStart = await within(PATIENCE_MS, 'the retained topic to be read', retained.check());
    for (const violation of retainedHistory.violations) history.violation(violation);
    return { rereads: rereader.count, retainedLogStart, counts: counters.total };
  } finally {
    proxy.setFaults({});
    for (const client of [clients, retained, rereader]) client.stop();
    retained.abandon();
  }
}
