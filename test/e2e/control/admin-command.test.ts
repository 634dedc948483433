/** `kafscale admin`, as a process of its own, against a broker. */
import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { until } from '../../support/until.js';
import { startBroker, type RunningBroker } from '../../support/broker.js';

const program = join(import.meta.dirname, '..', '..', '..', 'bin', 'kafscale.js');
const TOKEN = 'a-token-of-this-test';
const TIMEOUT_MS = 120_000;

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let broker: RunningBroker;
let kafka: Kafka;

function admin(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const all = [program, 'admin', ...args, ...(args.includes('--server') ? [] : ['--server', broker.httpAddress])];
  return new Promise((resolve) => {
    execFile(process.execPath, all, { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, stdout, stderr });
    });
  });
}

const jsonOf = async (...args: string[]): Promise<unknown> => JSON.parse((await admin([...args, '--json'])).stdout);

beforeAll(async () => {
  broker = await startBroker({ KAFSCALE_BROKER_ID: '3', KAFSCALE_RACK: 'zone-a', KAFSCALE_CONTROL_TOKEN: TOKEN });
  kafka = new Kafka({ brokers: [broker.bootstrap], logLevel: logLevel.NOTHING });
  const topics = kafka.admin();
  await topics.connect();
  await topics.createTopics({ topics: [{ topic: 'orders', numPartitions: 2 }] });
  await topics.disconnect();
  const producer = kafka.producer();
  await producer.connect();
  await producer.send({ topic: 'orders', messages: [{ partition: 1, value: 'a' }] });
  await producer.disconnect();
}, TIMEOUT_MS);
afterAll(() => broker.stop());

describe('kafscale admin', () => {
  test(
    'status: for people and for programs',
    async () => {
      const { code, stdout } = await admin(['status']);
      expect(code).toBe(0);
      expect(stdout).toMatch(/^Broker 3, version \S+: ready\n/);
      expect(stdout).toMatch(/TOPIC +PARTITION +STATE +EPOCH .*\norders +0 +online +\d+ +0 +0 +0\n/);
      expect(await jsonOf('status')).toMatchObject({
        brokerId: '3',
        ready: true,
        partitions: [
          { topic: 'orders', partition: 0, state: 'online', leader: true },
          { topic: 'orders', partition: 1, state: 'online', leader: true, highWatermark: 1 },
        ],
      });
    },
    TIMEOUT_MS,
  );

  test(
    'brokers and partitions: the whole cluster',
    async () => {
      expect((await admin(['brokers'])).stdout).toMatch(
        /^BROKER +ADDRESS .*\n +3 +127\.0\.0\.1:\d+ +zone-a +2 .* controller /,
      );
      expect(await jsonOf('brokers')).toMatchObject([{ brokerId: '3', controller: true, partitions: 2 }]);
      expect((await admin(['partitions', '--topic', 'orders'])).stdout).toMatch(/orders +1 +online +3 +\d+\n$/);
      expect(await jsonOf('partitions', '--topic', 'others')).toEqual([]);
    },
    TIMEOUT_MS,
  );

  test(
    'watch: what is, and what changes',
    async () => {
      const watch = spawn(process.execPath, [program, 'admin', 'watch', '--json', '--server', broker.httpAddress]);
      const ended = new Promise((resolve) => watch.once('close', resolve));
      const lines = createInterface(watch.stdout)[Symbol.asyncIterator]();
      const next = async (): Promise<unknown> => JSON.parse((await lines.next()).value as string);
      for (const partition of [0, 1]) {
        expect(await next()).toMatchObject({
          partition: { topic: 'orders', partition },
          brokerId: '3',
          status: 'online',
        });
      }
      const topics = kafka.admin();
      await topics.connect();
      await topics.createTopics({ topics: [{ topic: 'later' }] });
      await topics.disconnect();
      expect(await next()).toMatchObject({ partition: { topic: 'later', partition: 0 }, brokerId: '3' });
      watch.kill('SIGINT');
      expect(await ended).toBe(0);
    },
    TIMEOUT_MS,
  );

  test(
    'flush asks for the token, and says what was flushed',
    async () => {
      const refused = await admin(['flush'], { KAFSCALE_CONTROL_TOKEN: '' });
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('asks for a token')]);
      const wrong = await admin(['flush', '--token', 'another']);
      expect(wrong.code).toBe(1);
      const flushed = await admin(['flush', 'orders:1'], { KAFSCALE_CONTROL_TOKEN: TOKEN });
      expect([flushed.code, flushed.stdout]).toEqual([0, '1 partition flushed:\n  orders:1\n']);
      const absent = await admin(['flush', 'orders:7', '--token', TOKEN]);
      expect([absent.code, absent.stdout]).toEqual([1, expect.stringContaining('1 partition not led by this broker')]);
      expect(broker.log).not.toContain(TOKEN);
    },
    TIMEOUT_MS,
  );

  test(
    'features and upgrade: the format level, which only those change who have the token',
    async () => {
      const shown = await admin(['features']);
      expect(shown.stdout).toMatch(
        /^The cluster is at format level (\d+)\.\n\nBROKER +VERSION +FORMAT LEVELS\n +3 +\S+ +\S/,
      );
      const { level } = (await jsonOf('features')) as { level: number };
      const refused = await admin(['upgrade'], { KAFSCALE_CONTROL_TOKEN: '' });
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('asks for a token')]);
      const token = { KAFSCALE_CONTROL_TOKEN: TOKEN };
      const same = await admin(['upgrade'], token);
      expect([same.code, same.stdout]).toEqual([0, `The cluster is at format level ${level} already.\n`]);
      const beyond = await admin(['upgrade', '--level', String(level + 1)], token);
      expect([beyond.code, beyond.stderr]).toEqual([
        1,
        expect.stringMatching(/cannot be finalized: broker 3 \(KafScale \S+\) supports level/),
      ]);
      expect((await admin(['upgrade', '--level', 'newest'], token)).code).toBe(2);
    },
    TIMEOUT_MS,
  );

  test(
    'drain gives everything up while a producer runs, and undrain takes it back',
    async () => {
      const token = { KAFSCALE_CONTROL_TOKEN: TOKEN };
      const producer = kafka.producer({ retry: { retries: 200, initialRetryTime: 50, maxRetryTime: 500 } });
      await producer.connect();
      const stop = new AbortController();
      let acknowledged = 0;
      const producing = (async () => {
        for (; !stop.signal.aborted; acknowledged += 1) {
          await producer.send({ topic: 'orders', messages: [{ partition: acknowledged % 2, value: 'b' }] });
        }
      })();
      await until('the producer', () => Promise.resolve(acknowledged > 2 || undefined));
      const drained = await admin(['drain'], token);
      expect([drained.code, drained.stdout]).toEqual([
        0,
        expect.stringMatching(/^The broker is drained\.\n\d partitions drained:\n(.*\n)* +orders:0\n +orders:1\n/),
      ]);
      expect(await jsonOf('status')).toMatchObject({ partitions: [], draining: true });
      await until('readiness to end', async () => {
        const { ready } = (await jsonOf('status')) as { ready: boolean };
        return ready ? undefined : true;
      });
      expect((await admin(['partitions', '--topic', 'orders'])).stdout).toMatch(/orders +0 +released +- \(last 3\)/);
      const refused = await admin(['drain', 'orders:0'], token);
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('has no leader')]);

      const before = acknowledged;
      expect((await admin(['undrain'], token)).code).toBe(0);
      await until(
        'the producer, after the drain',
        () => Promise.resolve(acknowledged > before + 2 || undefined),
        60_000,
      );
      stop.abort();
      await producing;
      await producer.disconnect();
      const { partitions } = (await jsonOf('status')) as {
        partitions: { topic: string; state: string; highWatermark: number }[];
      };
      const orders = partitions.filter(({ topic }) => topic === 'orders');
      expect(orders.map(({ state }) => state)).toEqual(['online', 'online']);
      // Nothing that was acknowledged is lost; what was sent again may be there twice.
      const stored = orders.reduce((sum, { highWatermark }) => sum + highWatermark, 0);
      expect(stored).toBeGreaterThanOrEqual(acknowledged + 1);
    },
    TIMEOUT_MS,
  );

  test(
    'exit codes: 1 when it fails, 2 when it was called in a wrong way',
    async () => {
      const unreachable = await admin(['status', '--server', '127.0.0.1:1']);
      expect([unreachable.code, unreachable.stderr]).toEqual([1, expect.stringContaining('does not answer')]);
      expect((await admin(['flush', 'orders-1'])).code).toBe(2);
      expect((await admin(['drain', '--deadline', 'soon'])).code).toBe(2);
      expect((await admin(['no-such-command'])).code).toBe(2);
      const help = await admin(['drain', '--help']);
      expect([help.code, help.stdout]).toEqual([0, expect.stringContaining('--deadline <seconds>')]);
    },
    TIMEOUT_MS,
  );
});
