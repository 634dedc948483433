import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startApacheKafka, type ApacheKafka } from '../../support/apache-kafka.js';
import { startBroker, type RunningBroker } from '../../support/broker.js';
import { recordCompatibility } from '../../support/compatibility.js';
import { describeWithTools } from '../../support/tools.js';
import { JavaExample } from './java-examples.js';
import { readValues, topicNames, writeValues } from './records.js';

const PATIENCE_MS = 180_000;
jest.setTimeout(3 * PATIENCE_MS);

const example = new JavaExample('mirror-maker');

describeWithTools([example.tool, 'apache-kafka'], 'examples/mirror-maker', () => {
  let broker: RunningBroker;
  let apache: ApacheKafka;
  let directory: string;
  beforeAll(async () => {
    apache = await startApacheKafka();
    broker = await startBroker();
    directory = await mkdtemp(join(tmpdir(), 'kafscale-mirror-maker-'));
  });
  afterAll(async () => {
    await broker.stop();
    await apache.stop();
    await rm(directory, { recursive: true, force: true });
  });

  test('copies from Apache Kafka what is there and what comes', async () => {
    await writeValues(apache.bootstrap, 'orders', ['one apple', 'two pears']);
    await writeValues(apache.bootstrap, 'others', ['not to be copied']);
    const settings = join(directory, 'mirror-maker.properties');
    const written = await readFile(example.source('mirror-maker.properties'), 'utf8');
    const changed = written.replace('localhost:19092', apache.bootstrap).replace('localhost:9092', broker.bootstrap);
    await writeFile(settings, changed);

    const program = ['org.apache.kafka.connect.mirror.MirrorMaker', settings, '--clusters', 'kafscale'];
    const mirrorMaker = example.start(['-cp', example.path('lib/*'), ...program]);
    const hasCopied = async (count: number) => (await readValues(broker.bootstrap, 'apache.orders')).length >= count;
    try {
      await mirrorMaker.ready(() => hasCopied(2), PATIENCE_MS);
      await writeValues(apache.bootstrap, 'orders', ['three figs']);
      await mirrorMaker.ready(() => hasCopied(3), PATIENCE_MS);
    } finally {
      await mirrorMaker.stop(30_000);
    }
    expect(await readValues(broker.bootstrap, 'apache.orders')).toEqual(['one apple', 'two pears', 'three figs']);
    expect(await topicNames(broker.bootstrap)).not.toContain('apache.others');
    recordCompatibility({
      client: 'MirrorMaker 2',
      version: example.property('kafka.version'),
      exercised: 'a topic of Apache Kafka copied to KafScale while it grows, with default settings',
      result: 'works',
    });
  });
});
