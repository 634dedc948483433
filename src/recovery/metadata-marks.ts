import { crc32c } from '../checksum/crc32c.js';
import { kafscale } from '../generated/storage.js';
import { metadataMarkKey, metadataMarksPrefix, parseMetadataMarkKey } from '../storage/object-keys.js';
import { listAll } from './bucket-contents.js';
import { ObjectExistsError, type ListedObject, type ObjectStore } from '../storage/object-store.js';

/** How far a metadata store had come at some moment. */
export interface MetadataMark {
  readonly clusterId: string;
  /** Of the metadata store; grows with every transaction. */
  readonly revision: number;
  /** ms since the Unix epoch. */
  readonly writtenAt: number;
}

/** A mark in the bucket can't be read. */
export class MarkFormatError extends Error {
  override readonly name = 'MarkFormatError';
}

const FORMAT_VERSION = 1;
const MAX_MARK_BYTES = 4096;

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
   * @throws MarkFormatError when it is damaged or was written by a newer version
   */
  async newest(signal?: AbortSignal): Promise<MetadataMark | undefined> {
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

  /**
   * Writes a mark, and removes those of older revisions.
   *
   * @throws ObjectStoreError
   */
  async write(mark: MetadataMark): Promise<void> {
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

  /** Removes all marks: what they warned of was dealt with. */
  async clear(): Promise<void> {
    const keys = (await this.list()).map(({ key }) => key);
    if (keys.length > 0) await this.objects.delete(keys);
  }

  /** In the order of their revisions. */
  private async list(signal?: AbortSignal): Promise<ListedObject[]> {
    const found = await listAll(this.objects, metadataMarksPrefix(this.namespace), undefined, signal);
    return found.filter(({ key }) => parseMetadataMarkKey(this.namespace, key) !== undefined);
  }
}

function encode(mark: MetadataMark): Buffer {
  const { clusterId, revision, writtenAt } = mark;
  const message = { formatVersion: FORMAT_VERSION, clusterId, revision, writtenAtMs: writtenAt };
  return Buffer.from(kafscale.storage.MetadataMark.encode(message).finish());
}

function decode(bytes: Buffer, key: string): MetadataMark {
  let message;
  try {
    message = kafscale.storage.MetadataMark.decode(bytes);
  } catch (error) {
    throw new MarkFormatError(`${key} is no mark of the metadata store`, { cause: error });
  }
  const { formatVersion, clusterId, revision, writtenAtMs } = message;
  if (formatVersion > FORMAT_VERSION) {
    throw new MarkFormatError(`${key} has format version ${formatVersion}; this KafScale reads ${FORMAT_VERSION}`);
  }
  if (formatVersion === 0 || clusterId === '') throw new MarkFormatError(`${key} is no mark of the metadata store`);
  return { clusterId, revision, writtenAt: writtenAtMs };
}
