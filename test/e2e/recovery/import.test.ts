/** `kafscale import`: segments that another system has left in the bucket become a topic. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { crc32c } from '../../../src/checksum/crc32c.js';
import { buildRecordBatch } from '../../../src/protocol/records/build-batch.js';
import { LocalObjectStore } from '../../../src/storage/local-object-store.js';
import { segmentFooter, segmentHeader } from '../../../src/storage/segment-format.js';
import { startBroker } from '../../support/broker.js';
import { runProcess } from '../../support/process.js';
import { until } from '../../support/until.js';

jest.setTimeout(120_000);

const program = join(import.meta.dirname, '..', '..', '..', 'bin', 'kafscale.js');

describe('kafscale import', () => {
  let directory: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kafscale-import-'));
    env = { KAFSCALE_DATA_DIR: directory };
    const objects = await LocalObjectStore.open(join(directory, 'objects'));
    const values = Array.from({ length: 30 }, (_, index) => ({ value: `value ${100 + index}` }));
    const batch = buildRecordBatch({ baseOffset: 100, records: values });
    const segment = Buffer.concat([
      segmentHeader({ baseOffset: 100, recordCount: 30, createdAt: 1_600_000_000_000 }),
      batch,
      segmentFooter({ bodyCrc32c: crc32c(batch), lastOffset: 129 }),
    ]);
    const key = `default/orders/0/segment-${'100'.padStart(20, '0')}.kfs`;
    await objects.create(key, [segment], { crc32c: crc32c(segment) });
    await objects.close();
  });

  afterAll(() => rm(directory, { recursive: true, force: true }));

  const runImport = async (...args: readonly string[]) =>
    (await runProcess(process.execPath, [program, 'import', ...args], { env, timeoutMs: 60_000 })).stdout;

  test('says what it would do, does it, and clients read the records at their offsets', async () => {
    expect(await runImport()).toMatch(/orders\n {2}partition 0: 1 segments, \d+ bytes, offsets 100 to 129/);
    const [topic] = JSON.parse(await runImport('--json')) as { topic: string }[];
    expect(topic).toMatchObject({ topic: 'orders', refusal: null, partitions: [{ logEndOffset: 130 }] });
    expect(await runImport('--apply')).toContain('Imported orders.');

    const broker = await startBroker(env);
    try {
      const kafka = new Kafka({ brokers: [broker.bootstrap], logLevel: logLevel.NOTHING });
      const consumer = kafka.consumer({ groupId: 'reader' });
      await consumer.connect();
      await consumer.subscribe({ topic: 'orders', fromBeginning: true });
      const read: string[] = [];
      await consumer.run({
        eachMessage: ({ message }) => {
          read.push(`${message.offset}: ${message.value?.toString() ?? ''}`);
          return Promise.resolve();
        },
      });
      await until('the records', () => Promise.resolve(read.length >= 30 ? true : undefined), 60_000);
      await consumer.disconnect();
      expect(read).toEqual(Array.from({ length: 30 }, (_, index) => `${100 + index}: value ${100 + index}`));
    } finally {
      await broker.stop();
    }
  });
});
