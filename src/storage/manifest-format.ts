import { crc32c } from '../checksum/crc32c.js';
import { canRead, newestVersion, writtenVersion } from '../formats/format-level.js';
import { kafscale } from '../generated/storage.js';
import { decodeSegmentColumns, encodeSegmentColumns, faultOfSegments, type Segment } from './segment-columns.js';
import { producerBatchOf, type ProducerBatch } from './wal-format.js';

/**
 * The manifest: what is stored of one partition outside the WAL.
 *
 * ```
 * header   8 bytes: magic ASCII `KMAN` | version u16 | reserved u16 = 0
 * body     protobuf kafscale.storage.Manifest
 * trailer  8 bytes: CRC-32C of header and body u32 | ASCII `NAMK`
 * ```
 *
 * All integers are big-endian. A manifest is always read whole.
 */

const HEADER_BYTES = 8;
const TRAILER_BYTES = 8;
const HEADER_MAGIC = 0x4b4d414e; // KMAN
const TRAILER_MAGIC = 0x4e414d4b; // NAMK
const TOPIC_ID_BYTES = 16;

export type { Segment } from './segment-columns.js';

/** Everything below {@link checkpointOffset} of one partition. What is above is in the WAL. */
export interface Manifest {
  /** 22-character base64url form of the topic's uuid. */
  readonly topicId: string;
  readonly topicName: string;
  readonly partition: number;
  /** Counted per partition. */
  readonly version: number;
  /** ms since the Unix epoch. */
  readonly createdAt: number;
  /** Who wrote it, as leader in {@link leaderEpoch}. */
  readonly incarnationId: string;
  readonly leaderEpoch: number;
  readonly logStartOffset: number;
  /** Exclusive end of what the manifest covers. */
  readonly checkpointOffset: number;
  /** In offset order, without overlap; gaps are possible. */
  readonly segments: readonly Segment[];
  /** The leader epochs up to the checkpoint, in order. */
  readonly epochs: readonly EpochStart[];
  /** The idempotent producers as of the checkpoint, the one that was silent longest first. */
  readonly producers: readonly ProducerSnapshot[];
  /** Objects that are no longer part of the log and wait for their deletion. */
  readonly retired: readonly RetiredObject[];
  /** The topic's own configurations, for rebuilding it from the bucket alone. */
  readonly topicConfig: ReadonlyMap<string, string>;
  /** How many partitions the topic had when this was written. */
  readonly topicPartitions: number;
}

/** The first offset of a leader epoch. */
export interface EpochStart {
  readonly epoch: number;
  readonly startOffset: number;
}

/** What is remembered of an idempotent producer (KIP-98). */
export interface ProducerSnapshot {
  readonly producerId: number;
  readonly producerEpoch: number;
  /** When its last batch was appended, ms since the Unix epoch. */
  readonly lastTimestamp: number;
  /** Its last batches, oldest first. */
  readonly batches: readonly ProducerBatch[];
}

export interface RetiredObject {
  readonly key: string;
  /** ms since the Unix epoch. */
  readonly retiredAt: number;
}

/** The object in the bucket is not a manifest that this version can read. */
export class ManifestFormatError extends Error {
  override readonly name = 'ManifestFormatError';
}

/** @throws ManifestFormatError when the manifest contradicts itself: nobody could read it */
export function encodeManifest(manifest: Manifest): Buffer {
  const fault = faultOf(manifest);
  if (fault !== undefined) {
    throw new ManifestFormatError(
      `the manifest of ${manifest.topicName}-${manifest.partition} is not stored: ${fault}`,
    );
  }
  const body = kafscale.storage.Manifest.encode({
    topicId: Buffer.from(manifest.topicId, 'base64url'),
    topicName: manifest.topicName,
    partition: manifest.partition,
    version: manifest.version,
    createdAtMs: manifest.createdAt,
    incarnationId: manifest.incarnationId,
    leaderEpoch: manifest.leaderEpoch,
    logStartOffset: manifest.logStartOffset,
    checkpointOffset: manifest.checkpointOffset,
    segments: encodeSegmentColumns(manifest.segments),
    epochs: [...manifest.epochs],
    producers: manifest.producers.map((producer) => ({ ...producer, batches: [...producer.batches] })),
    retired: manifest.retired.map(({ key, retiredAt }) => ({ key, retiredAtMs: retiredAt })),
    topicConfig: Object.fromEntries(manifest.topicConfig),
    topicPartitions: manifest.topicPartitions,
  }).finish();
  const bytes = Buffer.alloc(HEADER_BYTES + body.length + TRAILER_BYTES);
  bytes.writeUInt32BE(HEADER_MAGIC, 0);
  bytes.writeUInt16BE(writtenVersion('manifest'), 4);
  bytes.set(body, HEADER_BYTES);
  const end = HEADER_BYTES + body.length;
  bytes.writeUInt32BE(crc32c(bytes.subarray(0, end)), end);
  bytes.writeUInt32BE(TRAILER_MAGIC, end + 4);
  return bytes;
}

/**
 * Reads a whole manifest.
 *
 * @param objectName for the error
 * @throws ManifestFormatError when it is damaged, cut short, a newer format, or contradicts itself
 */
export function decodeManifest(bytes: Buffer, objectName: string): Manifest {
  const end = bytes.length - TRAILER_BYTES;
  if (end < HEADER_BYTES || bytes.readUInt32BE(0) !== HEADER_MAGIC) {
    throw new ManifestFormatError(`${objectName} does not begin like a manifest`);
  }
  const version = bytes.readUInt16BE(4);
  if (!canRead('manifest', version)) {
    throw new ManifestFormatError(
      `${objectName} has manifest format version ${version}; this KafScale reads up to ${newestVersion('manifest')}`,
    );
  }
  if (bytes.readUInt32BE(end + 4) !== TRAILER_MAGIC) {
    throw new ManifestFormatError(`${objectName} does not end like a manifest: it is cut short or damaged`);
  }
  if (crc32c(bytes.subarray(0, end)) !== bytes.readUInt32BE(end)) {
    throw new ManifestFormatError(`${objectName} is damaged (CRC-32C mismatch)`);
  }
  const manifest = decodeBody(bytes.subarray(HEADER_BYTES, end), objectName);
  const fault = faultOf(manifest);
  if (fault !== undefined) throw new ManifestFormatError(`${objectName} contradicts itself: ${fault}`);
  return manifest;
}

function decodeBody(body: Buffer, objectName: string): Manifest {
  try {
    const stored = kafscale.storage.Manifest.decode(body);
    return {
      topicId: Buffer.from(stored.topicId).toString('base64url'),
      topicName: stored.topicName,
      partition: stored.partition,
      version: stored.version,
      createdAt: stored.createdAtMs,
      incarnationId: stored.incarnationId,
      leaderEpoch: stored.leaderEpoch,
      logStartOffset: stored.logStartOffset,
      checkpointOffset: stored.checkpointOffset,
      segments: decodeSegmentColumns(stored.segments ?? {}),
      epochs: stored.epochs.map(({ epoch, startOffset }) => ({ epoch: epoch ?? 0, startOffset: startOffset ?? 0 })),
      producers: stored.producers.map(producerOf),
      retired: stored.retired.map(({ key, retiredAtMs }) => ({ key: key ?? '', retiredAt: retiredAtMs ?? 0 })),
      topicConfig: new Map(Object.entries(stored.topicConfig)),
      topicPartitions: stored.topicPartitions,
    };
  } catch (error) {
    throw new ManifestFormatError(`${objectName} cannot be decoded`, { cause: error });
  }
}

/** What contradicts itself in a manifest. */
function faultOf(manifest: Manifest): string | undefined {
  const { partition, logStartOffset, checkpointOffset } = manifest;
  if (Buffer.from(manifest.topicId, 'base64url').length !== TOPIC_ID_BYTES) return 'it lacks a topic id';
  if (manifest.topicName === '') return 'it lacks a topic name';
  if (partition < 0 || partition >= manifest.topicPartitions) {
    return `partition ${partition} of ${manifest.topicPartitions}`;
  }
  if (manifest.version < 0 || logStartOffset < 0 || checkpointOffset < 0) return 'it has a number below zero';
  const fault = faultOfSegments(manifest.segments);
  if (fault !== undefined) return fault;
  const end = (manifest.segments.at(-1)?.lastOffset ?? -1) + 1;
  if (end > checkpointOffset) return `its segments end at ${end}, beyond the checkpoint ${checkpointOffset}`;
  return faultOfEpochs(manifest.epochs);
}

function faultOfEpochs(epochs: readonly EpochStart[]): string | undefined {
  let last: EpochStart = { epoch: -1, startOffset: 0 };
  for (const start of epochs) {
    if (start.epoch <= last.epoch || start.startOffset < last.startOffset)
      return `epoch ${start.epoch} is out of order`;
    last = start;
  }
  return undefined;
}

function producerOf(entry: kafscale.storage.ProducerEntry.$Properties): ProducerSnapshot {
  return {
    producerId: entry.producerId ?? 0,
    producerEpoch: entry.producerEpoch ?? 0,
    lastTimestamp: entry.lastTimestamp ?? 0,
    batches: (entry.batches ?? []).map(producerBatchOf),
  };
}
