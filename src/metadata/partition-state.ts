import { MetadataFormatError, type KeyValue } from './metadata-store.js';
import { decodePartitionState, encodePartitionState } from './records.js';
import { encodeShownSegments, separateShownSegments, type ShownSegments } from './shown-segments.js';

/** What the metadata store knows of a partition's log, as of the last change of its leader, log start or manifest. */
export interface PartitionStateRecord {
  readonly topic: string;
  readonly partition: number;
  /** Node id in decimal. */
  readonly leaderBroker: string;
  readonly leaderEpoch: number;
  readonly logStartOffset: number;
  readonly logEndOffset: number;
  readonly highWatermark: number;
  /** Always empty: what is not in a segment yet is in the WAL. */
  readonly activeSegment: string;
  /** The newest 100, for people and dashboards; the manifest has them all. */
  readonly segments: ShownSegments;
  /** 0 while the partition has no manifest. */
  readonly manifestVersion: number;
  /** Empty while the partition has no manifest. */
  readonly manifestKey: string;
  /** Everything below is told by the manifest. */
  readonly checkpointOffset: number;
}

/** A record, and the revision at which it was last changed. */
export interface StoredPartitionState extends PartitionStateRecord {
  readonly modRevision: number;
}

/** How many segments a partition's state names. */
const SHOWN_SEGMENTS = 100;

export const NO_SEGMENTS: ShownSegments = Buffer.alloc(0);

/** The segments that a partition's state names, of all that there are. */
export function newestSegments(
  segments: readonly { readonly baseOffset: number; readonly sizeBytes: number; readonly createdAt: number }[],
): ShownSegments {
  return encodeShownSegments(
    segments.slice(-SHOWN_SEGMENTS).map(({ baseOffset, sizeBytes, createdAt }) => ({
      baseOffset,
      sizeBytes,
      createdAt: new Date(createdAt).toISOString(),
    })),
  );
}

export function encodeStateRecord(state: PartitionStateRecord): Buffer {
  const rest = encodePartitionState({
    topic: state.topic,
    partition: state.partition,
    leaderBroker: state.leaderBroker,
    leaderEpoch: state.leaderEpoch,
    logStartOffset: state.logStartOffset,
    logEndOffset: state.logEndOffset,
    highWatermark: state.highWatermark,
    activeSegment: state.activeSegment,
    segments: [],
    manifestVersion: state.manifestVersion,
    manifestKey: state.manifestKey,
    checkpointOffset: state.checkpointOffset,
  });
  // Fields of a protobuf message may come in any order.
  return Buffer.concat([rest, state.segments]);
}

/** @throws MetadataFormatError */
export function decodeStateRecord({ key, value, modRevision }: KeyValue): StoredPartitionState {
  const { rest, segments } = separate(value, key);
  const record = decodePartitionState(rest, key);
  return {
    topic: record.topic,
    partition: record.partition,
    leaderBroker: record.leaderBroker,
    leaderEpoch: record.leaderEpoch,
    logStartOffset: record.logStartOffset,
    logEndOffset: record.logEndOffset,
    highWatermark: record.highWatermark,
    activeSegment: record.activeSegment,
    segments,
    manifestVersion: record.manifestVersion,
    manifestKey: record.manifestKey,
    checkpointOffset: record.checkpointOffset,
    modRevision,
  };
}

function separate(value: Buffer, key: string) {
  try {
    return separateShownSegments(value);
  } catch (error) {
    throw new MetadataFormatError(`${key} is no PartitionState: ${String(error)}`, { cause: error });
  }
}
