import { createHash } from 'node:crypto';
import { expand } from '../../support/clients/scenario.js';
import type { Lack, ReceivedRecord, RecordToProduce } from '../../support/clients/scenario.js';

/** What has to come back of a record that was produced. */
export interface Content {
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: readonly (readonly [name: string, value: string | null])[];
}

/** With its key just under the 1,000,000 bytes that librdkafka takes by default, the least of all clients. */
const BIG_BYTES = 990_000;

/** Records with every kind of key, value and header that the program can express, all for partition 0. */
export function variedRecords(label: string, count: number, lacks: ReadonlySet<Lack>): RecordToProduce[] {
  const empty = lacks.has('empty') ? 'not empty' : '';
  return Array.from({ length: count }, (_, index): RecordToProduce => {
    const text = `${label}-${index} värde λ ${'.'.repeat(index)}`;
    const value = index % 5 === 4 ? null : index % 5 === 3 ? empty : text;
    const nullKey = value === null && lacks.has('null-record') ? 'key' : null;
    const key = index % 4 === 1 ? nullKey : index % 4 === 2 ? empty : ['schlüssel-π', label][index % 2]!;
    return onPartition(0, { key, value, headers: headersOf(Math.floor(index / 4), lacks) }, lacks);
  });
}

function headersOf(block: number, lacks: ReadonlySet<Lack>): [string, string | null][] {
  if (block % 2 === 0) return [];
  const headers: [string, string | null][] = [
    ['trace', `id-${block}`],
    ['content-type', 'text/plain'],
  ];
  return lacks.has('null-header') ? headers : [...headers, ['nothing', null]];
}

/** A record close to what clients and brokers allow by default, and a small one after it. */
export function bigRecords(pattern: string, lacks: ReadonlySet<Lack>): RecordToProduce[] {
  const value = { repeat: pattern, times: BIG_BYTES / pattern.length };
  return [value, 'small'].map((text) => onPartition(0, { key: `big ${pattern}`, value: text }, lacks));
}

/** Records in turn for each of the partitions; none for a program that can't choose them. */
export function spreadRecords(partitions: number, each: number, lacks: ReadonlySet<Lack>): RecordToProduce[] {
  if (lacks.has('partition')) return [];
  return Array.from({ length: partitions * each }, (_, index) => {
    const partition = index % partitions;
    return { partition, key: `p${partition}`, value: `placed-${index}` };
  });
}

/** Records whose keys decide about the partition, by the program's own partitioner; none where they don't. */
export function keyedRecords(count: number, lacks: ReadonlySet<Lack>): RecordToProduce[] {
  if (lacks.has('key-partition')) return [];
  return Array.from({ length: count }, (_, index) => ({ key: `k${index % 10}`, value: `keyed-${index}` }));
}

function onPartition(partition: number, record: RecordToProduce, lacks: ReadonlySet<Lack>): RecordToProduce {
  return lacks.has('partition') ? record : { ...record, partition };
}

/** What has to come back of records to produce. */
export function expectedContent(records: readonly RecordToProduce[]): Content[] {
  return records.map(({ key, value, headers }) => ({
    key: summarize(expand(key)),
    value: summarize(expand(value)),
    headers: headers ?? [],
  }));
}

/** What came back. */
export function contentOf(records: readonly ReceivedRecord[]): Content[] {
  return records.map(({ key, value, headers }) => ({ key: summarize(key), value: summarize(value), headers }));
}

/** Keeps a failed comparison of big values readable. */
function summarize(text: string | null): string | null {
  if (text === null || text.length < 1024) return text;
  return `${text.length} characters, sha256 ${createHash('sha256').update(text).digest('hex')}`;
}
