/**
 * What stands in front of every request.
 *
 * - v1 is for requests whose version is not flexible, v2 for those whose version is.
 * - v0 lacked the client id and went with the one request that used it.
 * - The client id keeps its two-byte length in v2 too: a broker must be able to read the header of an ApiVersions
 *   request of a version that it does not know.
 */
import { int16, int32, Message, parseVersions, string } from '../codec/declare.js';

export const RequestHeader = new Message('request header', parseVersions('1-2'), parseVersions('2+'), {
  requestApiKey: int16(),
  requestApiVersion: int16(),
  /** Comes back in the response. */
  correlationId: int32(),
  clientId: string('all', { nullable: true, flexible: 'none' }),
});
