import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startBroker, type RunningBroker } from '../../support/broker.js';
import { recordCompatibility } from '../../support/compatibility.js';
import { describeWithTools } from '../../support/tools.js';
import {
  consumeUntil,
  goExample,
  goVersion,
  kafkajs,
  pinnedVersion,
  produce,
  python,
  type ExamplePrograms,
} from './example-program.js';
import { committed, readTopic } from './records.js';

jest.setTimeout(120_000);

interface Example {
  readonly folder: string;
  readonly programs: ExamplePrograms;
  readonly client: string;
  readonly version: () => string;
  readonly written: (offset: number) => string;
  readonly read: string;
  readonly record: { readonly key: string | undefined; readonly value: string };
}

const KEYED = { key: 'key-1', value: 'value-1' };
const HELLO = { key: undefined, value: 'hello' };

const EXAMPLES: readonly Example[] = [
  {
    folder: 'python',
    programs: python,
    client: 'confluent-kafka (Python)',
    version: () => pinnedVersion('python', 'confluent-kafka'),
    written: (offset) => `written to orders-0@${offset}\n`,
    read: 'key-1: value-1\n',
    record: KEYED,
  },
  {
    folder: 'kafkajs',
    programs: kafkajs,
    client: 'KafkaJS',
    version: () => pinnedVersion('kafkajs', 'kafkajs'),
    written: (offset) => `written to orders-0@${offset}\n`,
    read: 'key-1: value-1\n',
    record: KEYED,
  },
  {
    folder: 'franz-go',
    programs: goExample('franz-go'),
    client: 'franz-go',
    version: () => goVersion('franz-go', 'twmb/franz-go'),
    written: (offset) => `written to orders-0@${offset}\n`,
    read: 'hello\n',
    record: HELLO,
  },
  {
    folder: 'kafka-go',
    programs: goExample('kafka-go'),
    client: 'kafka-go',
    version: () => goVersion('kafka-go', 'segmentio/kafka-go'),
    written: () => 'written\n',
    read: 'hello\n',
    record: HELLO,
  },
];

for (const example of EXAMPLES) {
  const { folder, programs, client, version, written, read, record } = example;
  describeWithTools([programs.tool], `examples/${folder}`, () => {
    let broker: RunningBroker;
    beforeAll(async () => {
      broker = await startBroker();
    });
    afterAll(() => broker.stop());

    test('writes a record and reads it; run again, the group goes on where it was', async () => {
      expect(await produce(programs, broker.bootstrap)).toBe(written(0));
      expect(await consumeUntil(programs, broker.bootstrap, read)).toBe(read);
      expect(await committed(broker.bootstrap, 'orders-consumer', 'orders')).toBe(1);
      expect(await produce(programs, broker.bootstrap)).toBe(written(1));
      expect(await consumeUntil(programs, broker.bootstrap, read)).toBe(read);
      expect(await readTopic(broker.bootstrap, 'orders')).toEqual([record, record]);
      const exercised = 'producer, which makes the topic, and consumer group, both with default settings';
      recordCompatibility({ client, version: version(), exercised, result: 'works' });
    });
  });
}
