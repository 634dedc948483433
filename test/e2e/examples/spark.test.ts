import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startBroker, type RunningBroker } from '../../support/broker.js';
import { recordCompatibility } from '../../support/compatibility.js';
import { describeWithTools } from '../../support/tools.js';
import { JavaExample } from './java-examples.js';
import { readTopic, writeValues } from './records.js';

const PATIENCE_MS = 150_000;
jest.setTimeout(2 * PATIENCE_MS);

const example = new JavaExample('spark');

describeWithTools([example.tool], 'examples/spark', () => {
  let broker: RunningBroker;
  let directory: string;
  beforeAll(async () => {
    broker = await startBroker();
    directory = await mkdtemp(join(tmpdir(), 'kafscale-spark-'));
  });
  afterAll(async () => {
    await broker.stop();
    await rm(directory, { recursive: true, force: true });
  });

  test('counts what is there and what comes', async () => {
    await writeValues(broker.bootstrap, 'orders', ['apple pear', 'apple']);
    const options = { cwd: directory, env: { SPARK_LOCAL_IP: '127.0.0.1' } };
    const query = example.start(['-Xmx512m', '-jar', example.path('word-count.jar'), broker.bootstrap], options);
    try {
      await query.ready(() => hasCounted({ apple: '2', pear: '1' }), PATIENCE_MS);
      await writeValues(broker.bootstrap, 'orders', ['pear fig']);
      await query.ready(() => hasCounted({ apple: '2', pear: '2', fig: '1' }), PATIENCE_MS);
      expect(query.log).not.toContain(' ERROR ');
    } finally {
      await query.stop();
    }
    recordCompatibility({
      client: 'Spark Structured Streaming',
      version: example.property('spark.version'),
      exercised: 'format kafka as source and as sink, with default settings; a count by key',
      result: 'works',
    });
  });

  async function hasCounted(expected: Readonly<Record<string, string>>): Promise<boolean> {
    const counts = new Map((await readTopic(broker.bootstrap, 'orders-counts')).map(({ key, value }) => [key, value]));
    return Object.entries(expected).every(([word, count]) => counts.get(word) === count);
  }
});
