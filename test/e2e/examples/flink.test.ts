import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startBroker, type RunningBroker } from '../../support/broker.js';
import { recordCompatibility } from '../../support/compatibility.js';
import { describeWithTools } from '../../support/tools.js';
import { JavaExample } from './java-examples.js';
import { committed, readValues, writeValues } from './records.js';

const PATIENCE_MS = 120_000;
jest.setTimeout(2 * PATIENCE_MS);

const example = new JavaExample('flink');

describeWithTools([example.tool], 'examples/flink', () => {
  let broker: RunningBroker;
  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(() => broker.stop());

  test('copies what is there and what comes, and commits its offsets', async () => {
    await writeValues(broker.bootstrap, 'orders', ['one apple', 'two pears']);
    const job = example.start(['-jar', example.path('order-processing.jar'), broker.bootstrap]);
    try {
      await job.ready(() => hasProcessed('ONE APPLE', 'TWO PEARS'), PATIENCE_MS);
      await writeValues(broker.bootstrap, 'orders', ['three figs']);
      await job.ready(() => hasProcessed('ONE APPLE', 'TWO PEARS', 'THREE FIGS'), PATIENCE_MS);
      // The source sees to it once its poll of ten seconds has ended.
      await job.ready(async () => (await committed(broker.bootstrap, 'flink-orders', 'orders')) === 3, PATIENCE_MS);
      expect(job.log).not.toContain(' ERROR ');
    } finally {
      await job.stop();
    }
    recordCompatibility({
      client: 'Apache Flink',
      version: `${example.property('flink.version')}, flink-connector-kafka ${example.property('flink-connector-kafka.version')}`,
      exercised: 'KafkaSource with committed offsets; KafkaSink with AT_LEAST_ONCE and its default producer',
      result: 'works',
    });
  });

  async function hasProcessed(...values: string[]): Promise<boolean> {
    const processed = await readValues(broker.bootstrap, 'orders-processed');
    return values.every((value) => processed.includes(value));
  }
});
