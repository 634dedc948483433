import { Readable } from 'node:stream';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import { crc32c } from '../checksum/crc32c.js';
import type { ObjectEnd } from './object-store.js';
import { coalesce, totalBytes } from './pieces.js';
import { WholeBody } from './ranged-gets/whole-body.js';

/** Bodies on their way to S3 and back. */

/** Up to this size a copy costs less than a stream. */
const JOIN_UP_TO_BYTES = 512 * 1024;

/** The body as the SDK takes it: small ones in one buffer, large ones streamed piece by piece without a copy. */
export function requestBody(pieces: readonly Buffer[]): Buffer | Readable {
  const few = coalesce(pieces);
  if (few.length === 1) return few[0] as Buffer;
  return totalBytes(few) <= JOIN_UP_TO_BYTES ? Buffer.concat(few) : Readable.from(few, { objectMode: false });
}

/** Bytes `[start, start + length)`, or the last `length` of the object. */
export type RequestedRange = { readonly start: number; readonly length: number } | { readonly last: number };

/** Value of the Range header. */
export function rangeHeader(range: RequestedRange): string {
  return 'last' in range ? `bytes=-${range.last}` : `bytes=${range.start}-${range.start + range.length - 1}`;
}

/**
 * Receives the answer to a ranged GET.
 *
 * @throws Error when these are not exactly the bytes that were asked for, as far as the object has them
 */
export async function receiveRange(output: GetObjectCommandOutput, range: RequestedRange): Promise<ObjectEnd> {
  const body = bodyOf(output);
  const got = answeredRange(output);
  const start = 'last' in range ? Math.max(0, got.size - range.last) : range.start;
  const end = Math.min(got.size, start + ('last' in range ? range.last : range.length));
  if (got.start !== start || got.end !== end) {
    discard(body);
    throw new Error(`asked for ${rangeHeader(range)}, the server sent ${got.start}-${got.end - 1} of ${got.size}`);
  }
  return { bytes: await collect(body, end - start), objectSize: got.size };
}

/** CRC-32C of the whole object that is being received. */
export async function receiveChecksum(output: GetObjectCommandOutput): Promise<number> {
  let crc = 0;
  let received = 0;
  for await (const chunk of bodyOf(output) as AsyncIterable<Buffer>) {
    crc = crc32c(chunk, crc);
    received += chunk.length;
  }
  if (received !== output.ContentLength) throw truncated(received, output.ContentLength);
  return crc;
}

interface AnsweredRange {
  readonly start: number;
  /** First byte after the range. */
  readonly end: number;
  /** Size of the whole object. */
  readonly size: number;
}

function answeredRange({ ContentRange, ContentLength }: GetObjectCommandOutput): AnsweredRange {
  if (ContentRange === undefined) {
    // The whole object: what a server sends for an empty object, or when it ignores ranges.
    const size = ContentLength ?? Number.NaN;
    return { start: 0, end: size, size };
  }
  const [, start, last, size] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(ContentRange) ?? [];
  if (size === undefined) throw new Error(`the server sent the Content-Range "${ContentRange}"`);
  return { start: Number(start), end: Number(last) + 1, size: Number(size) };
}

/** Reads a body of exactly `length` bytes, into memory of that size whatever the server sends. */
async function collect(body: Readable, length: number): Promise<Buffer> {
  if (body instanceof WholeBody) {
    if (body.announcedBytes > length) throw tooLong(length);
    if (body.bytes.length !== length) throw truncated(body.bytes.length, length);
    return body.bytes;
  }
  const bytes = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    if (filled + chunk.length > length) throw tooLong(length);
    filled += chunk.copy(bytes, filled);
  }
  if (filled !== length) throw truncated(filled, length);
  return bytes;
}

function tooLong(length: number): Error {
  return new Error(`the server sent more than ${length} bytes`);
}

function truncated(received: number, expected: number | undefined): Error {
  return new Error(`the body was cut short: ${received} of ${expected ?? 'an unknown number of'} bytes came`);
}

function bodyOf({ Body }: GetObjectCommandOutput): Readable {
  if (Body instanceof Readable) return Body;
  throw new Error('the server sent no body');
}

/** Ends a body that nobody reads, so that its connection is closed. It reports that as an error. */
function discard(body: Readable): void {
  body.on('error', () => undefined);
  body.destroy();
}
