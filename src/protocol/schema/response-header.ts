/**
 * What stands in front of every response.
 *
 * - v0 is for responses whose version is not flexible, v1 (with a tagged section) for those whose version is.
 * - ApiVersions answers with v0 always: the client cannot know yet which header the broker would choose.
 */
import { int32, Message, parseVersions } from '../codec/declare.js';

export const ResponseHeader = new Message('response header', parseVersions('0-1'), parseVersions('1+'), {
  /** That of the request. */
  correlationId: int32(),
});
