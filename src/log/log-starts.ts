import { incarnationKey, partitionStateKey, partitionStatesPrefix, topicConfigKey } from '../metadata/keys.js';
import {
  MAX_TXN_OPERATIONS,
  MetadataUnavailableError,
  type Compare,
  type MetadataStore,
  type Operation,
} from '../metadata/metadata-store.js';
import { decodeStateRecord, encodeStateRecord } from '../metadata/partition-state.js';
import { repeatUnanswered } from '../metadata/repeat.js';
import { decodeTopic } from '../metadata/topic.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import type { Clock } from '../time/clock.js';

/** Where a partition that this broker leads is to begin. */
export interface LogStart {
  readonly topicName: string;
  readonly topicId: string;
  readonly partition: number;
  readonly leaderEpoch: number;
  readonly logStartOffset: number;
  readonly highWatermark: number;
}

/** A transaction also compares the incarnation and the topic. */
const PARTITIONS_PER_TXN = MAX_TXN_OPERATIONS - 2;

/**
 * Moves log start offsets up in the metadata store, where the next leader finds them. Never down (I3): a start that is
 * there already and is higher stays.
 *
 * Each transaction compares what a commit compares, the incarnation, and the records that it was made from, so that a
 * broker that was replaced moves nothing any more (I4), nor the start of a namesake of a deleted topic. As a repeated
 * move changes nothing, one whose outcome is unknown is made anew from what is there.
 *
 * @param starts of one topic
 * @throws KafkaError NOT_LEADER_OR_FOLLOWER, UNKNOWN_TOPIC_OR_PARTITION
 * @throws MetadataUnavailableError when the outcome was still unknown at `deadline` (monotonic ms)
 */
export async function raiseLogStarts(
  store: MetadataStore,
  incarnationId: string,
  starts: readonly LogStart[],
  deadline: number,
  clock: Clock,
  random: () => number,
): Promise<void> {
  for (let at = 0; at < starts.length; at += PARTITIONS_PER_TXN) {
    const some = starts.slice(at, at + PARTITIONS_PER_TXN);
    await repeatUnanswered(clock, random, deadline, async () => {
      while (!(await tryRaise(store, incarnationId, some))) {
        if (clock.monotonic() >= deadline) throw new MetadataUnavailableError('partitions kept changing');
      }
    });
  }
}

/** @returns false when something changed meanwhile */
async function tryRaise(store: MetadataStore, incarnationId: string, starts: readonly LogStart[]): Promise<boolean> {
  const [{ topicName, topicId }] = starts as [LogStart];
  const topicKey = topicConfigKey(topicName);
  const topic = await store.get(topicKey);
  if (topic === undefined || decodeTopic(topic).id !== topicId) {
    throw new KafkaError(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, `topic ${topicName} was deleted`);
  }
  const states = new Map(
    (await store.range(partitionStatesPrefix(topicName))).entries.map((entry) => [entry.key, entry]),
  );
  const liveKey = incarnationKey(incarnationId);
  const compare: Compare[] = [
    { key: liveKey, exists: true },
    { key: topicKey, modRevision: topic.modRevision },
  ];
  const success: Operation[] = [];
  for (const start of starts) {
    const key = partitionStateKey(topicName, start.partition);
    const entry = states.get(key);
    const state = entry && decodeStateRecord(entry);
    if (state === undefined || state.leaderEpoch !== start.leaderEpoch) throw notLeading();
    if (state.logStartOffset >= start.logStartOffset) continue;
    const { highWatermark, logStartOffset } = start;
    compare.push({ key, modRevision: state.modRevision });
    const value = encodeStateRecord({ ...state, logStartOffset, highWatermark, logEndOffset: highWatermark });
    success.push({ type: 'put', key, value });
  }
  if (success.length === 0) return true;
  const { succeeded, reads } = await store.txn({ compare, success, failure: [{ type: 'get', key: liveKey }] });
  if (!succeeded && reads[0] === undefined) throw notLeading();
  return succeeded;
}

function notLeading(): KafkaError {
  return new KafkaError(ErrorCode.NOT_LEADER_OR_FOLLOWER, 'this broker no longer leads the partition');
}
