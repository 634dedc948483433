import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startBroker, type RunningBroker } from '../../support/broker.js';
import { recordCompatibility } from '../../support/compatibility.js';
import { describeWithTools } from '../../support/tools.js';
import { JavaExample } from './java-examples.js';
import { readTopic } from './records.js';

jest.setTimeout(120_000);

const example = new JavaExample('spring-boot');

describeWithTools([example.tool], 'examples/spring-boot', () => {
  let broker: RunningBroker;
  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(() => broker.stop());

  test('the settings of the guide', async () => {
    await runUntilRead(0);
    record('KafkaTemplate without idempotence, @KafkaListener');
  });

  test('the defaults of the library: idempotence; the group goes on where it was', async () => {
    await runUntilRead(1, '--spring.config.name=defaults');
    record('KafkaTemplate and @KafkaListener with default settings');
  });

  async function runUntilRead(offset: number, ...args: string[]): Promise<void> {
    const application = example.start(['-jar', example.path('orders.jar'), ...args], {
      env: { KAFSCALE_BOOTSTRAP: broker.bootstrap },
    });
    try {
      const isDone = () => application.log.includes('read value-1') && application.log.includes('written to ');
      await application.ready(() => Promise.resolve(isDone()), 60_000);
    } finally {
      await application.stop();
    }
    const lines = application.log.split('\n').filter((line) => /^(written|read) /.test(line));
    expect(lines.sort()).toEqual(['read value-1', `written to orders-0@${offset}`]);
    expect(await readTopic(broker.bootstrap, 'orders')).toHaveLength(offset + 1);
  }

  function record(exercised: string): void {
    const version = example.parentVersion;
    recordCompatibility({ client: 'Spring Boot', version, exercised, result: 'works' });
  }
});
