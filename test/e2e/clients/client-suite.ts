import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startBootstrap } from '../../support/bootstrap.js';
import type { Bootstrap } from '../../support/bootstrap.js';
import { codecs } from '../../support/clients/scenario.js';
import type { ClientProgram, ProduceStep, ReceivedRecord, StepResult } from '../../support/clients/scenario.js';
import { createTopic, waitForRecords } from '../../support/topics.js';
import { describeWithTools } from '../../support/tools.js';
import * as sample from './sample-records.js';

const PARTITIONS = 64;
const BIG_PATTERNS = ['0123456789abcdef', 'ab'];
const HOUR_MS = 3_600_000;

/** Producer settings that users change, by the library's own names. */
export interface Variant {
  readonly name: string;
  readonly config: Readonly<Record<string, string>>;
  /** The topic is there before; otherwise producing to it makes it. */
  readonly topicExists?: boolean;
}

export interface ClientUnderTest {
  readonly client: ClientProgram;
  readonly variants?: readonly Variant[];
  /** Reads what the client produced, where the client itself can't. */
  readonly reader?: ClientProgram;
  /** Reads the topic of many partitions, where one run for each would take too long. */
  readonly spreadReader?: ClientProgram;
}

/** Tests clients against one broker that they share. */
export function describeClients(subjects: readonly ClientUnderTest[]): void {
  describe('clients', () => {
    let broker: Bootstrap;
    beforeAll(async () => {
      broker = await startBootstrap();
    }, 60_000);
    afterAll(() => broker.stop());
    for (const subject of subjects) describeClient(subject, () => broker.bootstrap);
  });
}

/**
 * What a client produces with its default settings (and the variants) is read back by itself, whole and in order, from
 * the beginning, from an offset and from a time. The programs run three times in all, whatever the number of tests.
 */
function describeClient(subject: ClientUnderTest, bootstrap: () => string): void {
  const { client, reader = client, spreadReader = reader, variants = [] } = subject;
  const tools = [...new Set([client, reader, spreadReader].flatMap((program) => program.tools))];

  describeWithTools(tools, client.name, () => {
    const unique = randomBytes(4).toString('hex');
    const topics = {
      codecs: `${client.name}-codecs-${unique}`,
      big: `${client.name}-big-${unique}`,
      spread: `${client.name}-spread-${unique}`,
      variant: (index: number) => `${client.name}-variant-${index}-${unique}`,
    };
    const plan = planProduction(client, topics, variants);
    let produced: StepResult[];
    let received: Map<string, ReceivedRecord[]>;

    const partitionsOf = (topic: string): number => (topic === topics.spread ? PARTITIONS : 1);
    const readAll = async (program: ClientProgram, names: readonly string[]): Promise<void> => {
      const steps = names.map((topic) => ({
        ...{
          op: 'consume' as const,
          topic,
          partitions: [...Array(partitionsOf(topic)).keys()],
          from: 'beginning' as const,
        },
        count: countOf(plan, topic),
      }));
      const results = await program.run(bootstrap(), steps);
      names.forEach((topic, index) => received.set(topic, results[index]!.records));
    };

    beforeAll(async () => {
      await createTopic(bootstrap(), topics.spread, PARTITIONS);
      for (const [index, { topicExists }] of variants.entries()) {
        if (topicExists === true) await createTopic(bootstrap(), topics.variant(index), 1);
      }
      produced = await client.run(bootstrap(), plan);
      const names = [...new Set(plan.map((step) => step.topic))];
      for (const name of names) await waitForRecords(bootstrap(), name, partitionsOf(name), countOf(plan, name));
      received = new Map();
      const single = names.filter((name) => name !== topics.spread);
      await readAll(reader, single);
      await readAll(spreadReader, [topics.spread]);
    }, 120_000);

    test.each(codecs)('produces and reads back with codec %s', (codec) => {
      const index = codecs.indexOf(codec);
      const { records } = plan[index]!;
      const back = received.get(topics.codecs)!.slice(index * records.length, (index + 1) * records.length);
      expect(sample.contentOf(back)).toEqual(sample.expectedContent(records));
    });

    test('reads each record once, under consecutive offsets', () => {
      const offsets = received.get(topics.codecs)!.map((record) => record.offset);
      expect(offsets).toEqual([...Array(countOf(plan, topics.codecs)).keys()]);
    });

    test('is told the offsets its records are read under', () => {
      plan.forEach((step, number) => {
        for (const { index, partition, offset } of produced[number]!.acked) {
          if (index === null || offset === null) continue;
          const found = received.get(step.topic)!.find((r) => r.partition === partition && r.offset === offset);
          expect(sample.contentOf([found!])).toEqual(sample.expectedContent([step.records[index]!]));
        }
      });
    });

    test('produces and reads back records of nearly 1 MB', () => {
      const expected = BIG_PATTERNS.flatMap((text) => sample.expectedContent(sample.bigRecords(text, client.lacks)));
      expect(sample.contentOf(received.get(topics.big)!)).toEqual(expected);
    });

    test('keeps the order in each of many partitions', () => {
      const placed = sample.spreadRecords(PARTITIONS, 5, client.lacks);
      const back = received.get(topics.spread)!.filter((record) => record.value?.startsWith('placed'));
      expect(back).toHaveLength(placed.length);
      for (let partition = 0; partition < PARTITIONS; partition++) {
        const expected = placed.filter((record) => record.partition === partition);
        const actual = back.filter((record) => record.partition === partition);
        expect(sample.contentOf(actual)).toEqual(sample.expectedContent(expected));
      }
    });

    test('keeps records of one key in one partition, in order', () => {
      const keyed = sample.keyedRecords(60, client.lacks);
      const back = received.get(topics.spread)!.filter((record) => record.value?.startsWith('keyed'));
      for (const [key, expected] of Map.groupBy(keyed, (record) => record.key)) {
        const actual = back.filter((record) => record.key === key);
        expect(sample.contentOf(actual)).toEqual(sample.expectedContent(expected));
        expect(new Set(actual.map((record) => record.partition)).size).toBe(1);
      }
      expect(back).toHaveLength(keyed.length);
    });

    test('reads from an offset and from a time', async () => {
      const all = received.get(topics.codecs)!;
      const offset = Math.floor(all.length / 2);
      const { timestamp } = all[offset]!;
      const froms = [{ offset }, { timestamp }, { timestamp: timestamp + HOUR_MS }];
      const expected = [all.slice(offset), all.slice(all.findIndex((record) => record.timestamp >= timestamp)), []];
      expect(expected[1]!.length).toBeLessThan(all.length);
      // A program that can't start at a time can't start at one without records either.
      const usable = froms.slice(0, reader.lacks.has('timestamp') ? 2 : 3);
      const steps = usable.map((from, index) => ({
        ...{ op: 'consume' as const, topic: topics.codecs, partitions: [0] },
        ...{ from, count: expected[index]!.length },
      }));
      const results = await reader.run(bootstrap(), steps);
      expect(results.map((result) => result.records)).toEqual(expected.slice(0, usable.length));
    }, 60_000);

    variants.forEach(({ name }, index) => {
      test(`produces with ${name}`, () => {
        const topic = topics.variant(index);
        const expected = plan.find((step) => step.topic === topic)!.records;
        expect(sample.contentOf(received.get(topic)!)).toEqual(sample.expectedContent(expected));
      });
    });
  });
}

interface Topics {
  readonly codecs: string;
  readonly big: string;
  readonly spread: string;
  variant(index: number): string;
}

/** The steps by codec come first, in the order of `codecs`. */
function planProduction(client: ClientProgram, topics: Topics, variants: readonly Variant[]): ProduceStep[] {
  const { lacks } = client;
  const steps: ProduceStep[] = codecs.map((codec) => ({
    ...{ op: 'produce', topic: topics.codecs, codec, records: sample.variedRecords(codec, 20, lacks) },
  }));
  for (const pattern of BIG_PATTERNS) {
    steps.push({ op: 'produce', topic: topics.big, records: sample.bigRecords(pattern, lacks) });
  }
  const spread = [sample.spreadRecords(PARTITIONS, 5, lacks), sample.keyedRecords(60, lacks)];
  for (const records of spread) if (records.length > 0) steps.push({ op: 'produce', topic: topics.spread, records });
  variants.forEach(({ name, config }, index) => {
    const records = sample.variedRecords(name, 5, lacks);
    steps.push({ op: 'produce', topic: topics.variant(index), config, records });
  });
  return steps;
}

function countOf(plan: readonly ProduceStep[], topic: string): number {
  return plan.filter((step) => step.topic === topic).reduce((sum, step) => sum + step.records.length, 0);
}
