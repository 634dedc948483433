import { apiByKey } from '../schema/index.js';
import { RequestHeader } from '../schema/request-header.js';
import { ResponseHeader } from '../schema/response-header.js';
import type { Api } from './api.js';
import type { Fields, Infer, Input } from './fields.js';
import { Reader } from './reader.js';
import { Writer } from './writer.js';

const API_VERSIONS = 18;
const SIZE_BYTES = 4;

/** The header of a request, and where its body begins. */
export interface DecodedRequestHeader {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly correlationId: number;
  readonly clientId: string | null;
  /** Index of the first byte of the body in the frame. */
  readonly bodyOffset: number;
}

/** Flexible versions have headers with a tagged section; this holds for versions that are not known yet as well. */
export function requestHeaderVersion(api: Api, version: number): 1 | 2 {
  return api.request.isFlexible(version) ? 2 : 1;
}

/** ApiVersions answers with header v0 in all versions, since the client does not know yet what the broker speaks. */
export function responseHeaderVersion(api: Api, version: number): 0 | 1 {
  return api.response.isFlexible(version) && api.key !== API_VERSIONS ? 1 : 0;
}

/**
 * Reads the header of a request. It is up to the caller to look at key and version before the body is decoded: for an
 * unknown API, and for a version outside the declared range, the header is still read as well as can be.
 * @param frame a request without the four bytes of its size
 * @throws MalformedRequestError
 */
export function decodeRequestHeader(frame: Buffer): DecodedRequestHeader {
  const reader = new Reader(frame);
  const api = apiByKey(reader.int16());
  const version = api === undefined ? 1 : requestHeaderVersion(api, reader.int16());
  reader.position = 0;
  const header = RequestHeader.read(reader, version);
  return {
    apiKey: header.requestApiKey,
    apiVersion: header.requestApiVersion,
    correlationId: header.correlationId,
    clientId: header.clientId,
    bodyOffset: reader.position,
  };
}

/**
 * Reads the body of a request. Its records are views of the frame; everything else is copied out of it. Bytes after the
 * body are ignored, as Apache Kafka does.
 * @param frame a request without the four bytes of its size
 * @param bodyOffset as {@link decodeRequestHeader} gives it
 * @throws MalformedRequestError, or RangeError when the API has no such version
 */
export function decodeRequest<Q extends Fields>(
  api: Api<Q>,
  version: number,
  frame: Buffer,
  bodyOffset: number,
): Infer<Q> {
  return api.request.read(new Reader(frame, bodyOffset), version);
}

/**
 * A whole response frame with its size in front, in the pieces in which it is to be written to the socket. Record
 * batches in it are the caller's own buffers: they must not change until they are sent.
 * @throws RangeError or TypeError when a value does not fit its field, or the API has no such version
 */
export function encodeResponse<S extends Fields>(
  api: Api<Fields, S>,
  version: number,
  correlationId: number,
  body: Input<S>,
): Buffer[] {
  const writer = startFrame();
  ResponseHeader.write(writer, responseHeaderVersion(api, version), { correlationId });
  api.response.write(writer, version, body);
  return endFrame(writer);
}

/** The client's side of {@link decodeRequestHeader} and {@link decodeRequest}. See {@link encodeResponse}. */
export function encodeRequest<Q extends Fields>(
  api: Api<Q>,
  version: number,
  correlationId: number,
  clientId: string | null,
  body: Input<Q>,
): Buffer[] {
  const writer = startFrame();
  const header = { requestApiKey: api.key, requestApiVersion: version, correlationId, clientId };
  RequestHeader.write(writer, requestHeaderVersion(api, version), header);
  api.request.write(writer, version, body);
  return endFrame(writer);
}

/**
 * The client's side of {@link encodeResponse}.
 * @param frame a response without the four bytes of its size
 * @throws MalformedRequestError, or RangeError when the API has no such version
 */
export function decodeResponse<S extends Fields>(
  api: Api<Fields, S>,
  version: number,
  frame: Buffer,
): { readonly correlationId: number; readonly body: Infer<S> } {
  const reader = new Reader(frame);
  const { correlationId } = ResponseHeader.read(reader, responseHeaderVersion(api, version));
  return { correlationId, body: api.response.read(reader, version) };
}

function startFrame(): Writer {
  const writer = new Writer();
  writer.int32(0);
  return writer;
}

function endFrame(writer: Writer): Buffer[] {
  const chunks = writer.finish();
  const total = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  chunks[0]?.writeInt32BE(total - SIZE_BYTES);
  return chunks;
}
