import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startBootstrap } from '../../support/bootstrap.js';
import type { Bootstrap } from '../../support/bootstrap.js';
import { kafkaCli } from '../../support/clients/kafka-cli.js';
import { kcat } from '../../support/clients/kcat.js';
import * as programs from '../../support/clients/programs.js';
import { codecs, unevenRecords } from '../../support/clients/scenario.js';
import type { ClientProgram, ProduceStep, StepResult } from '../../support/clients/scenario.js';
import { waitForRecords } from '../../support/topics.js';
import { describeWithTools, hasTool } from '../../support/tools.js';
import { contentOf, expectedContent, variedRecords } from './sample-records.js';

const { java3, java4, confluent, kafkaPython, aiokafka, franzGo, kafkaGo, kafkajs } = programs;

const readers = [java3, java4, confluent, kafkaPython, aiokafka, franzGo, kafkaGo, kcat];
// A missing one is reported where it would read.
const producers = [...readers, kafkajs, kafkaCli].filter((program) => program.tools.every(hasTool));

/** Records that every client can express, in all codecs, for the one partition of the topic. */
const plan = codecs.map((codec) => ({ codec, records: variedRecords(codec, 10, unevenRecords) }));
const expected = plan.flatMap(({ records }) => expectedContent(records));

const unique = randomBytes(4).toString('hex');
const topicOf = (producer: ClientProgram): string => `cross-${producer.name}-${unique}`;

describe('what one client produced, the others read', () => {
  let broker: Bootstrap;

  beforeAll(async () => {
    broker = await startBootstrap();
    for (const producer of producers) {
      const topic = topicOf(producer);
      const steps = plan.map((step): ProduceStep => ({ op: 'produce', topic, ...step }));
      await producer.run(broker.bootstrap, steps);
      await waitForRecords(broker.bootstrap, topic, 1, expected.length);
    }
  }, 120_000);

  afterAll(() => broker.stop());

  const read = (reader: ClientProgram, from: readonly ClientProgram[]): Promise<StepResult[]> => {
    const partition = { partitions: [0], from: 'beginning', count: expected.length } as const;
    const steps = from.map((producer) => ({ op: 'consume' as const, topic: topicOf(producer), ...partition }));
    return reader.run(broker.bootstrap, steps);
  };

  for (const reader of readers) {
    describeWithTools(reader.tools, reader.name, () => {
      let results: StepResult[];

      beforeAll(async () => {
        results = await read(reader, producers);
      }, 60_000);

      test.each(producers.map(({ name }, index) => ({ name, index })))('reads from $name', ({ index }) => {
        expect(contentOf(results[index]!.records)).toEqual(expected);
      });
    });
  }

  describeWithTools([...kafkaCli.tools, ...java4.tools], kafkaCli.name, () => {
    test('reads from java-4.x', async () => {
      const [result] = await read(kafkaCli, [java4]);
      expect(contentOf(result!.records)).toEqual(expected);
    }, 60_000);
  });
});
