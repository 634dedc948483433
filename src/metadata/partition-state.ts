import type { KeyValue } from './metadata-store.js';
import { decodePartitionState, encodePartitionState } from './records.js';

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
  readonly segments: readonly { readonly baseOffset: number; readonly sizeBytes: number; readonly createdAt: string }[];
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

/** The segments that a partition's state names, of all that there are. */
export function newestSegments(
  segments: readonly { readonly baseOffset: number; readonly sizeBytes: number; readonly createdAt: number }[],
): PartitionStateRecord['segments'] {
  return segments.slice(-SHOWN_SEGMENTS).map(({ baseOffset, sizeBytes, createdAt }) => ({
    baseOffset,
    sizeBytes,
    createdAt: new Date(createdAt).toISOString(),
  }));
}

export function encodeStateRecord(state: PartitionStateRecord): Buffer {
  return encodePartitionState({
    topic: state.topic,
    partition: state.partition,
    leaderBroker: state.leaderBroker,
    leaderEpoch: state.leaderEpoch,
    logStartOffset: state.logStartOffset,
    logEndOffset: state.logEndOffset,
    highWatermark: state.highWatermark,
    activeSegment: state.activeSegment,
    segments: state.segments.map((segment) => ({ ...segment })),
    manifestVersion: state.manifestVersion,
    manifestKey: state.manifestKey,
    checkpointOffset: state.checkpointOffset,
  });
}

/** @throws MetadataFormatError */
export function decodeStateRecord({ key, value, modRevision }: KeyValue): StoredPartitionState {
  const record = decodePartitionState(value, key);
  return {
    topic: record.topic,
    partition: record.partition,
    leaderBroker: record.leaderBroker,
    leaderEpoch: record.leaderEpoch,
    logStartOffset: record.logStartOffset,
    logEndOffset: record.logEndOffset,
    highWatermark: record.highWatermark,
    activeSegment: record.activeSegment,
    segments: record.segments.map(({ baseOffset, sizeBytes, createdAt }) => ({
      baseOffset: baseOffset ?? 0,
      sizeBytes: sizeBytes ?? 0,
      createdAt: createdAt ?? '',
    })),
    manifestVersion: record.manifestVersion,
    manifestKey: record.manifestKey,
    checkpointOffset: record.checkpointOffset,
    modRevision,
  };
}
