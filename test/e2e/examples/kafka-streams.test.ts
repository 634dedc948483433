import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { startBroker, type RunningBroker } from '../../support/broker.js';
import { recordCompatibility } from '../../support/compatibility.js';
import { describeWithTools } from '../../support/tools.js';
import { JavaExample } from './java-examples.js';
import { readTopic, topicNames, writeValues } from './records.js';

jest.setTimeout(240_000);

const example = new JavaExample('kafka-streams');

describeWithTools([example.tool], 'examples/kafka-streams', () => {
  let broker: RunningBroker;
  beforeAll(async () => {
    broker = await startBroker();
  });
  afterAll(() => broker.stop());

  test('counts, and goes on counting from its changelogs when its state is lost', async () => {
    await count(['apple pear', 'apple'], ['apple: 2', 'pear: 1']);
    await count(['pear', 'fig'], ['pear: 2', 'fig: 1']);

    const internal = (await topicNames(broker.bootstrap)).filter((name) => name.startsWith('word-count-'));
    expect(internal.sort()).toEqual([
      'word-count-counts-changelog',
      'word-count-hourly-changelog',
      'word-count-words-repartition',
    ]);
    const counts = await lastOfEach('orders-counts');
    expect(counts).toEqual(
      new Map([
        ['apple', '2'],
        ['pear', '2'],
        ['fig', '1'],
      ]),
    );
    const hourly = await lastOfEach('orders-counts-hourly');
    expect([...hourly.keys()].filter((key) => key?.startsWith('fig since '))).toHaveLength(1);
    recordCompatibility({
      client: 'Kafka Streams',
      version: example.property('kafka.version'),
      exercised: 'at_least_once; repartition topic, changelog, windowed store, state restored from its changelog',
      result: 'works',
    });
  });

  /** Runs the program with an empty state until it has printed these counts, each of a line. */
  async function count(values: readonly string[], counts: readonly string[]): Promise<void> {
    const cwd = await mkdtemp(join(tmpdir(), 'kafscale-streams-'));
    const program = example.start(['-jar', example.path('word-count.jar'), broker.bootstrap], { cwd });
    const printed = (line: string) => program.log.split('\n').includes(line);
    try {
      await program.ready(() => Promise.resolve(printed('RUNNING')), 120_000);
      await writeValues(broker.bootstrap, 'orders', values);
      await program.ready(() => Promise.resolve(counts.every(printed)), 60_000);
      await program.stop();
      expect(program.log).not.toContain(' ERROR ');
    } finally {
      await program.stop();
      await rm(cwd, { recursive: true, force: true });
    }
  }

  async function lastOfEach(topic: string): Promise<Map<string | undefined, string | undefined>> {
    return new Map((await readTopic(broker.bootstrap, topic)).map(({ key, value }) => [key, value]));
  }
});
