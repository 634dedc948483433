import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startBroker, type RunningBroker } from '../../support/broker.js';
import { recordCompatibility } from '../../support/compatibility.js';
import { describeWithTools } from '../../support/tools.js';
import { JavaExample } from './java-examples.js';
import { readTopic } from './records.js';

jest.setTimeout(120_000);

const example = new JavaExample('java');

describeWithTools([example.tool], 'examples/java', () => {
  let broker: RunningBroker;
  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(() => broker.stop());

  const produce = (...args: string[]) => example.run(['-cp', example.path('orders.jar'), 'OrdersProducer', ...args]);
  const consume = () =>
    example.run(['-cp', example.path('orders.jar'), 'OrdersConsumer'], {
      env: { KAFSCALE_BOOTSTRAP: broker.bootstrap },
    });

  test('the settings of the guide', async () => {
    expect(await produce(broker.bootstrap)).toMatch(/^written to orders-0@0$/m);
    expect(await consume()).toBe('value-1\n');
    expect(await readTopic(broker.bootstrap, 'orders')).toEqual([{ key: 'key-1', value: 'value-1' }]);
    record('producer without idempotence, consumer group');
  });

  test('the defaults of the library: idempotence; the group goes on where it was', async () => {
    expect(await produce(broker.bootstrap, '--defaults')).toMatch(/^written to orders-0@1$/m);
    expect(await consume()).toBe('value-1\n');
    record('producer and consumer with default settings');
  });

  function record(exercised: string): void {
    recordCompatibility({
      client: 'Java client',
      version: example.property('kafka.version'),
      exercised,
      result: 'works',
    });
  }
});
