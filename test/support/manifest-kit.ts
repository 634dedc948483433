import { decodeAssignmentRecord } from '../../src/metadata/partition-assignment.js';
import { assignmentKey, partitionStateKey } from '../../src/metadata/keys.js';
import { decodeStateRecord } from '../../src/metadata/partition-state.js';
import { LoadedData } from '../../src/log/cold-data.js';
import type { PartitionLog } from '../../src/log/partition-log.js';
import { RecordBatch } from '../../src/protocol/records/record-batch.js';
import { HandCompaction } from './hand-compaction.js';
import { batchOf, LogKit } from './log-kit.js';
import { successorOf, TestBroker } from './test-broker.js';

/** One broker with the topic `orders`, to partition 0 of which batches were written, one WAL object each. */
export async function brokerWith(...batches: RecordBatch[]) {
  const kit = new LogKit({ writeBudgetPerSecond: 1000 });
  const broker = await new TestBroker(kit, 'a').start();
  const topic = await broker.createTopic('orders', 2);
  const log = broker.log(topic) as PartitionLog;
  for (const batch of batches) await kit.clock.until(log.append(batch).committed);
  const hand = new HandCompaction(kit.storedObjects, kit.logs, 'test');
  return { kit, broker, topic, log, hand, manifest: kit.logs.manifestOf(log) };
}

/** The state record of a partition. */
export async function stateOf(kit: LogKit, partition = 0) {
  const entry = await kit.storedMetadata.get(partitionStateKey('orders', partition));
  return decodeStateRecord(entry as NonNullable<typeof entry>);
}

/** The assignment of a partition. */
export async function assignmentOf(kit: LogKit, partition = 0) {
  const entry = await kit.storedMetadata.get(assignmentKey('orders', partition));
  return decodeAssignmentRecord(entry as NonNullable<typeof entry>);
}

/** Keys of all manifests in the object store. */
export async function storedManifests(kit: LogKit) {
  return (await kit.storedKeys()).filter((key) => key.includes('/manifests/'));
}

/** Base offsets of all batches that can be read, from the log start on. */
export async function valuesOf(kit: LogKit, log: PartitionLog) {
  const values: number[] = [];
  const loaded = new LoadedData();
  for (let offset = log.logStartOffset; offset < log.highWatermark;) {
    const found = log.read(offset, 1e6, true, loaded);
    if (found.cold !== undefined) await kit.clock.until(log.load(found.cold, loaded));
    for (const batch of found.batches) {
      values.push(new RecordBatch(batch).baseOffset);
      offset = new RecordBatch(batch).lastOffset + 1;
    }
  }
  return values;
}

/** A batch of these records. */
export const some = (...texts: string[]) => batchOf(texts);
/** Another process over the same stores, which takes over. */
export const restarted = async (kit: LogKit, name = 'b') => {
  const successor = successorOf(kit);
  const broker = await new TestBroker(successor, name).start();
  await successor.clock.settle();
  return { kit: successor, broker };
};
