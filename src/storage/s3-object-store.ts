import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type HeadObjectCommandOutput,
  type ListObjectsV2CommandOutput,
  type S3Client,
} from '@aws-sdk/client-s3';
import { systemClock, type Clock } from '../time/clock.js';
import { assertByteRange, assertReadLength } from './byte-range.js';
import { withDeadline } from './call-deadline.js';
import { assertObjectKey } from './key-rules.js';
import {
  ObjectNotFoundError,
  ObjectStoreError,
  type ByteRange,
  type CallOptions,
  type CreateOptions,
  type ListedObject,
  type ListOptions,
  type ObjectEnd,
  type ObjectInfo,
  type ObjectStore,
} from './object-store.js';
import { totalBytes } from './pieces.js';
import { DEFAULT_REQUEST_TIMEOUT_MS, makeS3Client, type S3Options } from './s3-client.js';
import { describe, isBareNotFound, isRangeNotSatisfiable, translateS3Error, type S3Call } from './s3-errors.js';
import { rangeHeader, receiveChecksum, receiveRange, requestBody, type RequestedRange } from './s3-transfer.js';

/** Most keys that one DeleteObjects request takes. */
const DELETE_BATCH = 1000;

/**
 * Objects in a bucket of Amazon S3, or of a server that speaks its protocol and has conditional writes
 * (`If-None-Match: *` on PutObject) and CRC-32C checksums.
 *
 * - A create is one PutObject. The server verifies our CRC-32C before it stores anything.
 * - Every request has a deadline and is sent once: callers retry, with back-off, and know what a retry costs.
 * - A bucket is never created. Some servers create a missing one at the first write, and answer reads in it with "no
 *   such key": so a create, and the news that an object is missing, wait until the bucket has been seen once.
 * - Listings come in the order in which the server has them. Servers that keep objects in folders (SeaweedFS) put `a/c`
 *   before `a-b`; nothing may depend on the order of keys that differ before their last slash.
 * - Needed permissions: s3:PutObject, s3:GetObject, s3:DeleteObject, and s3:ListBucket, without which S3 answers
 *   "access denied" instead of "not found".
 */
export class S3ObjectStore implements ObjectStore {
  private readonly client: S3Client;
  private readonly endpoint: string;
  private bucketSeen = false;
  private closed = false;

  constructor(
    private readonly options: S3Options,
    private readonly clock: Clock = systemClock,
  ) {
    this.client = makeS3Client(options);
    this.endpoint = options.endpoint ?? 'AWS S3';
  }

  async create(key: string, body: readonly Buffer[], options: CreateOptions): Promise<void> {
    assertObjectKey(key);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(options.crc32c);
    const { kmsKeyArn } = this.options;
    const command = new PutObjectCommand({
      Bucket: this.options.bucket,
      Key: key,
      Body: requestBody(body),
      ContentLength: totalBytes(body),
      ChecksumCRC32C: checksum.toString('base64'),
      IfNoneMatch: '*',
      ...(kmsKeyArn === undefined ? {} : { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyArn }),
    });
    if (!this.bucketSeen) await this.check(options);
    await this.call({ operation: 'create', key }, options, (abortSignal) => this.client.send(command, { abortSignal }));
  }

  async read(key: string, range: ByteRange, options: CallOptions = {}): Promise<Buffer> {
    assertByteRange(range);
    return (await this.get(key, range, options)).bytes;
  }

  async readEnd(key: string, length: number, options: CallOptions = {}): Promise<ObjectEnd> {
    assertReadLength(length);
    return this.get(key, { last: length }, options);
  }

  async head(key: string, options: CallOptions = {}): Promise<ObjectInfo> {
    assertObjectKey(key);
    const Bucket = this.options.bucket;
    const command = new HeadObjectCommand({ Bucket, Key: key, ChecksumMode: 'ENABLED' });
    return this.call({ operation: 'head', key }, options, async (abortSignal) => {
      const found = await this.client.send(command, { abortSignal });
      const announced = wholeObjectChecksum(found);
      const crc32c =
        announced ??
        (await receiveChecksum(await this.client.send(new GetObjectCommand({ Bucket, Key: key }), { abortSignal })));
      return { key, crc32c, sizeBytes: found.ContentLength ?? 0, lastModified: found.LastModified?.getTime() ?? 0 };
    });
  }

  async *list(prefix: string, options: ListOptions = {}): AsyncIterable<ListedObject> {
    let continuation: string | undefined;
    do {
      const page = await this.listPage(prefix, options, continuation);
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        if (Key !== undefined) yield { key: Key, sizeBytes: Size ?? 0, lastModified: LastModified?.getTime() ?? 0 };
      }
      continuation = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    } while (continuation !== undefined);
  }

  async delete(keys: readonly string[], options: CallOptions = {}): Promise<void> {
    keys.forEach(assertObjectKey);
    for (let first = 0; first < keys.length; first += DELETE_BATCH) {
      await this.deleteBatch(keys.slice(first, first + DELETE_BATCH), options);
    }
  }

  async check(options: CallOptions = {}): Promise<void> {
    const { bucket, namespace } = this.options;
    const prefix = namespace === undefined ? {} : { Prefix: `${namespace}/` };
    const command = new ListObjectsV2Command({ Bucket: bucket, MaxKeys: 1, ...prefix });
    await this.call({ operation: 'check' }, options, (abortSignal) => this.client.send(command, { abortSignal }));
    this.bucketSeen = true;
  }

  close(): Promise<void> {
    this.closed = true;
    this.client.destroy();
    return Promise.resolve();
  }

  private async get(key: string, range: RequestedRange, options: CallOptions): Promise<ObjectEnd> {
    assertObjectKey(key);
    const command = new GetObjectCommand({ Bucket: this.options.bucket, Key: key, Range: rangeHeader(range) });
    return this.call({ operation: 'read', key }, options, async (abortSignal) => {
      try {
        return await receiveRange(await this.client.send(command, { abortSignal }), range);
      } catch (error) {
        // The range begins after the end; of the last bytes, only those of an empty object do.
        if (isRangeNotSatisfiable(error)) return { bytes: Buffer.alloc(0), objectSize: 0 };
        throw error;
      }
    });
  }

  private async listPage(
    prefix: string,
    options: ListOptions,
    continuation: string | undefined,
  ): Promise<ListObjectsV2CommandOutput> {
    const command = new ListObjectsV2Command({
      Bucket: this.options.bucket,
      Prefix: prefix,
      ...(options.startAfter === undefined ? {} : { StartAfter: options.startAfter }),
      ...(continuation === undefined ? {} : { ContinuationToken: continuation }),
    });
    return this.call({ operation: 'list' }, options, async (abortSignal) => {
      const page = await this.client.send(command, { abortSignal });
      if (page.IsTruncated === true && page.NextContinuationToken === undefined) {
        throw new Error('the server sent part of a listing without a token for the rest');
      }
      return page;
    });
  }

  private async deleteBatch(keys: readonly string[], options: CallOptions): Promise<void> {
    const command = new DeleteObjectsCommand({
      Bucket: this.options.bucket,
      Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
    });
    await this.call({ operation: 'delete' }, options, async (abortSignal) => {
      const { Errors = [] } = await this.client.send(command, { abortSignal });
      const failed = Errors.find(({ Code }) => Code !== 'NoSuchKey');
      if (failed !== undefined)
        throw Object.assign(new Error(failed.Message), { name: failed.Code ?? 'InternalError' });
    });
  }

  private async call<T>(
    what: Pick<S3Call, 'operation' | 'key'>,
    options: CallOptions,
    request: (abortSignal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const call: S3Call = { ...what, bucket: this.options.bucket, endpoint: this.endpoint };
    if (this.closed) throw new ObjectStoreError(`${describe(call)}: the store is closed`);
    const { signal } = options;
    const timeoutMs = this.options.requestTimeoutMs ?? DEFAULT_REQUEST_TIMEOUT_MS;
    try {
      return await withDeadline(this.clock, timeoutMs, signal, request);
    } catch (error) {
      signal?.throwIfAborted();
      const translated = translateS3Error(error, call);
      if (translated instanceof ObjectNotFoundError && (!this.bucketSeen || isBareNotFound(error))) {
        // A missing bucket must not look like a missing object.
        await this.check(options);
      }
      throw translated;
    }
  }
}

/** The CRC-32C that the server keeps of the object, unless it has none or one of parts. */
function wholeObjectChecksum({ ChecksumCRC32C, ChecksumType }: HeadObjectCommandOutput): number | undefined {
  if (ChecksumCRC32C === undefined || ChecksumType === 'COMPOSITE') return undefined;
  const bytes = Buffer.from(ChecksumCRC32C, 'base64');
  return bytes.length === 4 ? bytes.readUInt32BE() : undefined;
}
