import { decodeWalEnd, isWalHeader, WAL_HEADER_BYTES, walEndBytes, type WalEntry } from '../../storage/wal-format.js';
import { inspectBatches, noTotals } from './inspect-batches.js';
import { damage, type Item } from './item.js';

/**
 * A WAL object: footer, and the batches of each partition as its entry describes them.
 *
 * @throws WalFormatError when its footer cannot be read: nothing can be found without it
 */
export function* inspectWalObject(
  object: Buffer,
  name: string,
  withRecords: boolean,
): Generator<Item, void, undefined> {
  const { entries, ...contents } = decodeWalEnd(object, object.length, name);
  yield {
    type: 'wal-object',
    position: 0,
    fields: { ...contents, entryCount: entries.length, sizeBytes: object.length },
  };
  if (!isWalHeader(object)) yield damage(0, 'the header is damaged');
  let end = WAL_HEADER_BYTES;
  for (const entry of entries) {
    if (entry.position !== end) yield damage(end, `bytes ${end} to ${entry.position} belong to no entry, or to two`);
    end = entry.position + entry.length;
    yield* inspectEntry(object, entry, withRecords);
  }
  const bodyEnd = object.length - walEndBytes(object, name);
  if (end !== bodyEnd) yield damage(end, `bytes ${end} to ${bodyEnd} belong to no entry`);
}

function* inspectEntry(object: Buffer, entry: WalEntry, withRecords: boolean): Generator<Item, void, undefined> {
  const { producerBatches, position, length, ...fields } = entry;
  yield {
    type: 'wal-entry',
    position,
    fields: { ...fields, sizeBytes: length, producerBatchCount: producerBatches.length },
  };
  const totals = noTotals();
  const rules = { withRecords, contiguous: true, leaderEpoch: entry.leaderEpoch };
  yield* inspectBatches(object, position, position + length, rules, totals);
  for (const name of ['baseOffset', 'lastOffset', 'batchCount', 'recordCount'] as const) {
    if (totals[name] === entry[name]) continue;
    yield damage(position, `the entry has ${name} ${entry[name]}, its batches ${totals[name] ?? 'none'}`);
  }
}
