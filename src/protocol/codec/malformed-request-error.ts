/** The bytes of a message do not follow its schema. The connection cannot be trusted to be in step any more: close it. */
export class MalformedRequestError extends Error {
  override readonly name = 'MalformedRequestError';
}
