import { crc32c } from '../checksum/crc32c.js';
import { canRead, formatLevel, newestVersion, writtenVersion } from '../formats/format-level.js';
import { kafscale } from '../generated/storage.js';
import { metadataMarkKey, metadataMarksPrefix, parseMetadataMarkKey } from '../storage/object-keys.js';
import { listAll } from './bucket-contents.js';
import {
  ObjectExistsError,
  ObjectNotFoundError,
  type ListedObject,
  type ObjectStore,
} from '../storage/object-store.js';
import { readIntact } from '../storage/read-intact.js';

/** How far a metadata store had come at some moment. */
export interface MetadataMark {
  readonly clusterId: string;
  /** Of the metadata store; grows with every transaction. */
  readonly revision: number;
  /** ms since the Unix epoch. */
  readonly writtenAt: number;
  /** The cluster's format level. */
  readonly formatLevel: number;
}

/** A mark in the bucket can't be read. */
export class MarkFormatError extends Error {
  override readonly name = 'MarkFormatError';
}

const MAX_MARK_BYTES = 4096;
/** Behind the message: its CRC-32C, big-endian. */
const CHECKSUM_BYTES = 4;

/**
 * Marks in the bucket that say how far the metadata store had come. A metadata store that is behind the newest one was
 * restored from an older copy, and does not know all that was acknowledged.
 */
export class MetadataMarks {
  constructor(
    private readonly objects: ObjectStore,
    private readonly namespace: string,
  ) {}

  /**
   * The mark with the highest revision; undefined when there is none.
   *
   * @throws ObjectStoreError
   * @throws MarkFormatError when it is damaged each time, or was written by a newer version
   */
  newest(signal?: AbortSignal): Promise<MetadataMark | undefined> {
    return readIntact(
      () => this.readNewest(signal),
      // A mark that is gone has made room for a newer one.
      (error) => error instanceof MarkFormatError || error instanceof ObjectNotFoundError,
    );
  }

  /**
   * Writes a mark, and removes those of older revisions.
   *
   * @throws ObjectStoreError
   */
  async write(mark: Omit<MetadataMark, 'formatLevel'>): Promise<void> {
    const key = metadataMarkKey(this.namespace, mark.revision);
    const body = encode(mark);
    try {
      await this.objects.create(key, [body], { crc32c: crc32c(body) });
    } catch (error) {
      if (!(error instanceof ObjectExistsError)) throw error;
    }
    const older = (await this.list()).map((object) => object.key).filter((other) => other < key);
    if (older.length > 0) await this.objects.delete(older);
  }

  private async readNewest(signal?: AbortSignal): Promise<MetadataMark | undefined> {
    const key = (await this.list(signal)).at(-1)?.key;
    if (key === undefined) return undefined;
    const range = { start: 0, length: MAX_MARK_BYTES };
    const bytes = await this.objects.read(key, range, signal && { signal });
    const mark = decode(bytes, key);
    if (mark.revision !== parseMetadataMarkKey(this.namespace, key)) {
      throw new MarkFormatError(`${key} holds a mark of revision ${mark.revision}`);
    }
    return mark;
  }

  /** In the order of their revisions. */
  private async list(signal?: AbortSignal): Promise<ListedObject[]> {
    const found = await listAll(this.objects, metadataMarksPrefix(this.namespace), undefined, signal);
    return found.filter(({ key }) => parseMetadataMarkKey(this.namespace, key) !== undefined);
  }
}

function encode({ clusterId, revision, writtenAt }: Omit<MetadataMark, 'formatLevel'>): Buffer {
  const message = {
    formatVersion: writtenVersion('metadataMark'),
    clusterId,
    revision,
    writtenAtMs: writtenAt,
    formatLevel: formatLevel(),
  };
  const body = kafscale.storage.MetadataMark.encode(message).finish();
  const bytes = Buffer.alloc(body.length + CHECKSUM_BYTES);
  bytes.set(body);
  bytes.writeUInt32BE(crc32c(body), body.length);
  return bytes;
}

function decode(bytes: Buffer, key: string): MetadataMark {
  const body = bytes.subarray(0, Math.max(0, bytes.length - CHECKSUM_BYTES));
  if (bytes.length < CHECKSUM_BYTES || crc32c(body) !== bytes.readUInt32BE(body.length)) {
    throw new MarkFormatError(`${key} is damaged (CRC-32C mismatch)`);
  }
  let message;
  try {
    message = kafscale.storage.MetadataMark.decode(body);
  } catch (error) {
    throw new MarkFormatError(`${key} is no mark of the metadata store`, { cause: error });
  }
  const { formatVersion, clusterId, revision, writtenAtMs } = message;
  const newest = newestVersion('metadataMark');
  if (formatVersion !== 0 && !canRead('metadataMark', formatVersion)) {
    throw new MarkFormatError(`${key} has format version ${formatVersion}; this KafScale reads up to ${newest}`);
  }
  if (formatVersion === 0 || clusterId === '') throw new MarkFormatError(`${key} is no mark of the metadata store`);
  return { clusterId, revision, writtenAt: writtenAtMs, formatLevel: Math.max(1, message.formatLevel) };
}
