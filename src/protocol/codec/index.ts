/**
 * The wire codec: Kafka messages to and from plain objects. It knows neither sockets nor storage.
 *
 * Reading a request, where `frame` is what follows the four bytes of the size:
 *
 *     const header = decodeRequestHeader(frame);
 *     const api = apiByKey(header.apiKey);                            // from schema/index.js
 *     if (!api || !supportsVersion(api, header.apiVersion)) …         // close, or the ApiVersions fallback
 *     const request = decodeRequest(Produce, header.apiVersion, frame, header.bodyOffset);
 *
 * Answering it, the size included; the chunks are written to the socket one after the other:
 *
 *     const chunks = encodeResponse(Produce, header.apiVersion, header.correlationId, { responses: [ … ] });
 *
 * The client's side is `encodeRequest` and `decodeResponse`. A message inside another one (the blobs of consumer
 * groups) is declared as a {@link Message} and goes through its `decode` and `encode`.
 *
 * Decoded objects have every field; those that the version lacks hold their default. Objects to encode may leave out
 * fields that have a default, are tagged, or exist in some versions only. Malformed bytes throw MalformedRequestError
 * and nothing else.
 */
export type { Api, RequestInput, RequestOf, ResponseInput, ResponseOf } from './api.js';
export { supportsVersion } from './api.js';
export { INT64_MAX } from './fields.js';
export type { DecodedRequestHeader } from './frame.js';
export {
  decodeRequest,
  decodeRequestHeader,
  decodeResponse,
  encodeRequest,
  encodeResponse,
  requestHeaderVersion,
  responseHeaderVersion,
} from './frame.js';
export { MalformedRequestError } from './malformed-request-error.js';
export { Message } from './message.js';
export { MAX_ARRAY_ELEMENTS } from './reader.js';
export { ZERO_UUID } from './uuid.js';
