import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { crc32c } from '../../../src/checksum/crc32c.js';
import { startBroker, type RunningBroker } from '../../support/broker.js';
import { confluent } from '../../support/clients/programs.js';
import { expand } from '../../support/clients/scenario.js';
import { createTopic } from '../../support/topics.js';
import { describeWithTools } from '../../support/tools.js';
import { until } from '../../support/until.js';

jest.setTimeout(120_000);

const TOPIC = 'compacted';
const RECORDS = Array.from({ length: 60 }, (_, index) => ({
  partition: 0,
  key: `key-${index}`,
  value: { repeat: `value ${index} `, times: 8_000 },
}));
/** Small ones that share batches, so that the index has less than one entry for each. */
const SMALL_RECORDS = Array.from({ length: 500 }, (_, index) => ({ partition: 0, key: `small-${index}`, value: 'v' }));
const COUNT = RECORDS.length + SMALL_RECORDS.length;
/** Segments of a MiB, and nothing in memory that was read before. */
const SETTINGS = {
  KAFSCALE_SEGMENT_BYTES: '1Mi',
  KAFSCALE_WAL_OBJECT_BYTES: '64Ki',
  KAFSCALE_COMPACT_AFTER_SEC: '1',
  KAFSCALE_COMPACTION_PUTS_PER_SEC: '1000',
  KAFSCALE_CACHE_BYTES: '0',
};

/** A segment, read by nothing but what is published of its layout. */
interface ParsedSegment {
  readonly base: number;
  readonly last: number;
  readonly messages: number;
  readonly batches: readonly { readonly offset: number; readonly messages: number; readonly position: number }[];
}

describeWithTools(confluent.tools, 'a partition that is compacted', () => {
  let dataDirectory: string;
  let broker: RunningBroker;
  beforeAll(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'kafscale-compaction-'));
    broker = await startBroker({ ...SETTINGS, KAFSCALE_DATA_DIR: dataDirectory });
    await createTopic(broker.bootstrap, TOPIC, 1);
    const produce = { op: 'produce', topic: TOPIC, codec: 'none' } as const;
    await confluent.run(broker.bootstrap, [
      { ...produce, records: RECORDS },
      { ...produce, records: SMALL_RECORDS, config: { 'linger.ms': '50', 'batch.num.messages': '7' } },
    ]);
  });
  afterAll(async () => {
    await broker.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  });

  const folder = () => join(dataDirectory, 'objects', 'default', TOPIC, '0');

  /** All segments that are there, with their indexes, once they hold everything that was produced. */
  async function segments(): Promise<{ segment: ParsedSegment; index: Buffer; sizeBytes: number }[]> {
    return until('segments of all records', async () => {
      const names = await readdir(folder()).catch((): string[] => []);
      const stems = names.filter((name) => name.endsWith('.kfs')).map((name) => name.slice(0, -'.kfs'.length));
      if (!stems.every((stem) => names.includes(`${stem}.index`))) return undefined;
      const found = await Promise.all(
        stems.map(async (stem) => {
          const bytes = await readFile(join(folder(), `${stem}.kfs`));
          const segment = parseSegment(bytes);
          expect(stem).toMatch(new RegExp(`^segment-${String(segment.base).padStart(20, '0')}(-[0-9a-f]{8})?$`));
          return { segment, index: await readFile(join(folder(), `${stem}.index`)), sizeBytes: bytes.length };
        }),
      );
      return found.some(({ segment }) => segment.last === COUNT - 1) ? found : undefined;
    });
  }

  test('is in segments and indexes of the layout that other programs read', async () => {
    const found = await segments();
    expect(found.length).toBeGreaterThan(3);
    for (const { segment, index, sizeBytes } of found) {
      expect(sizeBytes).toBeLessThanOrEqual(1024 * 1024);
      expect(segment.messages).toBe(segment.last - segment.base + 1);
      expect(parseIndex(index)).toEqual(expectedIndex(segment));
    }
  });

  test('I1 I2 I3: has every record once, each batch where its offset says', async () => {
    const inOrder = (await segments())
      .filter(({ segment }, _, all) => !all.some((other) => covers(other.segment, segment)))
      .sort((a, b) => a.segment.base - b.segment.base);
    let next = 0;
    for (const { segment } of inOrder) {
      expect(segment.base).toBe(next);
      next = segment.last + 1;
    }
    expect(next).toBe(COUNT);
  });

  test('is counted', async () => {
    const text = await (await fetch(`http://${broker.httpAddress}/metrics`)).text();
    const value = (name: string) => Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
    expect(value('kafscale_compaction_segments_total{kind="compaction"}')).toBeGreaterThan(3);
    expect(value('kafscale_compaction_bytes_total{kind="compaction"}')).toBeGreaterThan(3 * 1024 * 1024);
    expect(value('kafscale_compaction_failures_total{kind="compaction"}')).toBe(0);
  });

  test('I5: is read back whole by a broker that has nothing in memory', async () => {
    await segments();
    await broker.stop();
    broker = await startBroker({ ...SETTINGS, KAFSCALE_DATA_DIR: dataDirectory });
    const step = { op: 'consume', topic: TOPIC, partitions: [0], from: 'beginning', count: COUNT } as const;
    const [result] = await confluent.run(broker.bootstrap, [step]);
    const all = [...RECORDS, ...SMALL_RECORDS];
    expect(result!.records.map(({ offset }) => offset)).toEqual(all.map((_, index) => index));
    expect(result!.records.map(({ key }) => key)).toEqual(all.map(({ key }) => key));
    const wrong = result!.records.findIndex(({ value }, index) => value !== expand(all[index]!.value));
    expect(wrong).toBe(-1);
  });
});

function parseSegment(bytes: Buffer): ParsedSegment {
  expect(bytes.toString('latin1', 0, 4)).toBe('KAFS');
  expect(bytes.readUInt16BE(4)).toBe(1);
  expect(bytes.readUInt16BE(6)).toBe(0);
  expect(bytes.readUInt32BE(28)).toBe(0);
  const [base, messages] = [Number(bytes.readBigInt64BE(8)), bytes.readInt32BE(16)];
  expect(Math.abs(Number(bytes.readBigInt64BE(20)) - Date.now())).toBeLessThan(300_000);
  const footer = bytes.subarray(-16);
  expect(footer.toString('latin1', 12)).toBe('END!');
  expect(footer.readUInt32BE(0)).toBe(crc32c(bytes.subarray(32, -16)));
  const batches: { offset: number; messages: number; position: number }[] = [];
  let last = -1;
  for (let position = 32; position < bytes.length - 16; position += 12 + bytes.readInt32BE(position + 8)) {
    const offset = Number(bytes.readBigInt64BE(position));
    batches.push({ offset, messages: bytes.readInt32BE(position + 57), position });
    last = offset + bytes.readInt32BE(position + 23);
  }
  expect(batches[0]?.offset).toBe(base);
  expect(Number(footer.readBigInt64BE(4))).toBe(last);
  expect(batches.reduce((sum, batch) => sum + batch.messages, 0)).toBe(messages);
  return { base, last, messages, batches };
}

interface ParsedIndex {
  readonly interval: number;
  readonly entries: readonly { readonly offset: number; readonly position: number }[];
}

function parseIndex(bytes: Buffer): ParsedIndex {
  expect(bytes.toString('latin1', 0, 4)).toBe('IDX\0');
  expect(bytes.readUInt16BE(4)).toBe(1);
  expect(bytes.readUInt16BE(14)).toBe(0);
  const count = bytes.readInt32BE(6);
  expect(bytes).toHaveLength(16 + 12 * count);
  const entries = Array.from({ length: count }, (_, index) => ({
    offset: Number(bytes.readBigInt64BE(16 + 12 * index)),
    position: bytes.readInt32BE(16 + 12 * index + 8),
  }));
  return { interval: bytes.readInt32BE(10), entries };
}

function expectedIndex({ batches }: ParsedSegment): ParsedIndex {
  const entries: { offset: number; position: number }[] = [];
  let since = Infinity;
  for (const { offset, position, messages } of batches) {
    if (since >= 100) {
      entries.push({ offset, position });
      since = 0;
    }
    since += messages;
  }
  return { interval: 100, entries };
}

/** Whether a segment was made of others, this one among them. */
function covers(merged: ParsedSegment, one: ParsedSegment): boolean {
  return merged !== one && merged.base <= one.base && merged.last >= one.last;
}
