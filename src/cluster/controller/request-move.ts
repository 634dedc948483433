import { assignmentKey, brokerKey, incarnationKey } from '../../metadata/keys.js';
import type { MetadataStore } from '../../metadata/metadata-store.js';
import { decodeAssignmentRecord, encodeAssignmentRecord } from '../../metadata/partition-assignment.js';
import { decodeBrokerRegistration } from '../../metadata/records.js';

/** What has become of the request; `changed`: the partition's record has changed meanwhile, try again. */
export type MoveRequestOutcome = 'requested' | 'is there' | 'no leader' | 'no such broker' | 'changed';

/**
 * Asks a partition's leader to release it for another broker: the hand-off then goes on by itself, or is taken back by
 * the controller when it takes too long.
 *
 * @param brokerId undefined to take back a move that was asked for
 * @throws MetadataUnavailableError when the outcome is unknown; asking again is harmless
 * @throws MetadataFormatError
 */
export async function requestMove(
  store: MetadataStore,
  topic: string,
  partition: number,
  brokerId: number | undefined,
): Promise<MoveRequestOutcome> {
  const key = assignmentKey(topic, partition);
  const [assignment, broker] = await read(store, key, brokerId);
  if (assignment === undefined) return 'no leader';
  const record = decodeAssignmentRecord(assignment);
  const moveTo = brokerId === undefined || record.brokerId === String(brokerId) ? '' : String(brokerId);
  if (record.incarnationId === '') return 'no leader';
  if (record.moveTo === moveTo) return moveTo === '' ? 'is there' : 'requested';
  if (moveTo !== '' && (broker === undefined || decodeBrokerRegistration(broker.value, broker.key).draining)) {
    return 'no such broker';
  }
  const { succeeded } = await store.txn({
    compare: [
      { key, modRevision: record.modRevision },
      { key: incarnationKey(record.incarnationId), exists: true },
      ...(broker === undefined ? [] : [{ key: broker.key, modRevision: broker.modRevision }]),
    ],
    success: [{ type: 'put', key, value: encodeAssignmentRecord({ ...record, moveTo }) }],
  });
  return succeeded ? 'requested' : 'changed';
}

async function read(store: MetadataStore, key: string, brokerId: number | undefined) {
  const keys = brokerId === undefined ? [key] : [key, brokerKey(brokerId)];
  const { reads } = await store.txn({ compare: [], success: keys.map((one) => ({ type: 'get', key: one })) });
  return reads;
}
