import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startBroker, type RunningBroker } from '../../support/broker.js';
import { recordCompatibility } from '../../support/compatibility.js';
import { describeWithTools } from '../../support/tools.js';
import { until } from '../../support/until.js';
import { ConnectWorker } from './connect-worker.js';
import { JavaExample } from './java-examples.js';
import { cleanupPolicies, readValues } from './records.js';

const PATIENCE_MS = 120_000;
jest.setTimeout(8 * PATIENCE_MS);

const example = new JavaExample('kafka-connect');

describeWithTools([example.tool], 'examples/kafka-connect', () => {
  let broker: RunningBroker;
  let directory: string;
  beforeAll(async () => {
    broker = await startBroker();
    directory = await mkdtemp(join(tmpdir(), 'kafscale-connect-'));
  });
  afterAll(async () => {
    await broker.stop();
    await rm(directory, { recursive: true, force: true });
  });

  test('copies a file through a topic, and goes on where it was when the worker starts again', async () => {
    await appendFile(join(directory, 'orders.txt'), 'one apple\ntwo pears\n');
    await withWorker(async (worker) => {
      for (const name of ['source', 'sink']) {
        await worker.configure(name, await readFile(example.source(`${name}.json`), 'utf8'));
        await worker.running(name);
      }
      await copied('one apple\ntwo pears\n');
    });

    await appendFile(join(directory, 'orders.txt'), 'three figs\n');
    await withWorker(async (worker) => {
      await worker.running('source');
      await worker.running('sink');
      await copied('one apple\ntwo pears\nthree figs\n');
    });

    expect(await readValues(broker.bootstrap, 'orders')).toEqual(['one apple', 'two pears', 'three figs']);
    const internal = ['connect-configs', 'connect-offsets', 'connect-status'];
    expect(await cleanupPolicies(broker.bootstrap, internal)).toEqual(['compact', 'compact', 'compact']);
    recordCompatibility({
      client: 'Kafka Connect',
      version: example.property('kafka.version'),
      exercised:
        'distributed worker, restarted; file source and sink; its three compacted topics, with default settings',
      result: 'works',
    });
  });

  async function withWorker(use: (worker: ConnectWorker) => Promise<void>): Promise<void> {
    const worker = await ConnectWorker.start(example, broker.bootstrap, directory);
    try {
      await use(worker);
    } catch (cause) {
      throw new Error(`the worker's log ends with:\n${worker.log.slice(-4000)}`, { cause });
    } finally {
      await worker.stop();
    }
  }

  async function copied(expected: string): Promise<void> {
    const file = join(directory, 'orders-copy.txt');
    const found = async () => ((await readFile(file, 'utf8').catch(() => '')) === expected ? true : undefined);
    await until('all lines in the copy', found, PATIENCE_MS);
  }
});
