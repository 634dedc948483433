/** The commands of README.md that a person begins with, as processes of their own. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { kcat } from '../support/clients/kcat.js';
import { freePorts } from '../support/ports.js';
import { ServerProcess, runProcess } from '../support/process.js';
import { describeWithTools } from '../support/tools.js';

const root = join(import.meta.dirname, '..', '..');
const TIMEOUT_MS = 60_000;

interface Place {
  readonly bootstrap: string;
  readonly directory: string;
  readonly env: Readonly<Record<string, string>>;
}

/** Free ports and a data folder, for the settings of a broker. */
async function choosePlace(): Promise<Place> {
  const [port, httpPort] = await freePorts(2);
  const bootstrap = `127.0.0.1:${port}`;
  const directory = await mkdtemp(join(tmpdir(), 'kafscale-start-'));
  const env = {
    KAFSCALE_BROKER_ADDR: bootstrap,
    KAFSCALE_METRICS_ADDR: `127.0.0.1:${httpPort}`,
    KAFSCALE_DATA_DIR: directory,
  };
  return { bootstrap, directory, env };
}

function script(name: string): string {
  return join(root, 'scripts', name);
}

describeWithTools(kcat.tools, 'npm start', () => {
  let place: Place;
  let running: ServerProcess;

  const start = async (): Promise<void> => {
    running = new ServerProcess(process.execPath, [script('start.mjs')], { env: place.env });
    await running.ready(() => Promise.resolve(running.log.includes('npm run demo')), TIMEOUT_MS);
  };

  beforeAll(async () => {
    place = await choosePlace();
    await start();
  }, TIMEOUT_MS);

  afterAll(async () => {
    await running.stop();
    await rm(place.directory, { recursive: true, force: true });
  });

  test('says where clients connect and where the data is, with lines to copy', () => {
    const { bootstrap, directory, env } = place;
    expect(running.log).toMatch(/KafScale \S+ is ready/);
    expect(running.log).toContain(`http://${env['KAFSCALE_METRICS_ADDR']}`);
    expect(running.log).toContain(join(directory, 'objects'));
    expect(running.log).toContain(join(directory, 'metadata.sqlite'));
    expect(running.log).toContain(`echo 'hello' | kcat -P -b ${bootstrap} -t greetings`);
    expect(running.log).toContain(`kcat -C -b ${bootstrap} -t greetings -e`);
  });

  test(
    'Ctrl-C ends it with 0, and the next start finds everything again',
    async () => {
      const topic = 'greetings';
      const records = Array.from({ length: 50 }, (_, index) => ({ key: null, value: `hello ${index}` }));
      await kcat.run(place.bootstrap, [{ op: 'produce', topic, records }]);
      await running.kill('SIGINT');
      expect(running.exitCode).toBe(0);
      expect(running.log).toContain('broker_stopped');

      await start();
      const step = { op: 'consume', topic, partitions: [0], from: 'beginning', count: records.length } as const;
      const [result] = await kcat.run(place.bootstrap, [step]);
      expect(result!.records.map(({ value }) => value)).toEqual(records.map(({ value }) => value));
    },
    TIMEOUT_MS,
  );

  test(
    'npm run demo shows the broker that runs',
    async () => {
      const demo = [script('demo.mjs'), place.bootstrap, '500'];
      const { stdout } = await runProcess(process.execPath, demo, { env: place.env });
      expect(stdout).toContain(`Using the broker at ${place.bootstrap}`);
      expect(stdout).toContain('Every record came back as it was sent.');
    },
    TIMEOUT_MS,
  );
});

describe('npm run demo', () => {
  test(
    'starts a broker where none answers, and ends it',
    async () => {
      const place = await choosePlace();
      try {
        const demo = [script('demo.mjs'), place.bootstrap, '2000'];
        const { stdout } = await runProcess(process.execPath, demo, { env: place.env });
        expect(stdout).toContain(`No broker answers at ${place.bootstrap}: starting one.`);
        expect(stdout).toMatch(/produce .* 2000\/2000 .*\nconsume .* 2000\/2000 /);
        expect(stdout).toContain('Every record came back as it was sent.');
        expect(stdout).toMatch(/acknowledged after p50 \d+\.\d ms/);
        expect(stdout).toMatch(/object store {3}[1-9]\d* objects/);
        expect(stdout).toMatch(/[1-9]\d* PUTs/);
        expect(stdout).toContain(`In ${join(place.directory, 'objects')}: `);
        await expect(fetch(`http://${place.env['KAFSCALE_METRICS_ADDR']}/livez`)).rejects.toThrow('fetch failed');
      } finally {
        await rm(place.directory, { recursive: true, force: true });
      }
    },
    TIMEOUT_MS,
  );
});

describe('a version of Node.js that is too old', () => {
  test('is told so in one line', async () => {
    const [program, ...args] = await oldNode();
    const run = runProcess(program, [...args, join(root, 'dist', 'main.js'), 'broker']);
    await expect(run).rejects.toThrow(/ended with 1:\nKafScale needs Node\.js 24 or newer; this is [\d.]+\.\n$/);
  });

  /** One that is in the path, else the present one that takes itself for an old one. */
  async function oldNode(): Promise<readonly [program: string, ...args: string[]]> {
    for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
      const program = join(directory, 'node');
      if (!existsSync(program)) continue;
      const { stdout } = await runProcess(program, ['--version']);
      if (Number(/^v(\d+)/.exec(stdout)?.[1]) < 24) return [program];
    }
    const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.0.0' } })`;
    return [process.execPath, '--import', `data:text/javascript,${encodeURIComponent(pretend)}`];
  }
});
