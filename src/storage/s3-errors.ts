import { DeadlineError } from './call-deadline.js';
import {
  ObjectAccessError,
  ObjectCorruptError,
  ObjectExistsError,
  ObjectNotFoundError,
  ObjectStoreError,
} from './object-store.js';

/** What was being done when a request failed, for the message. */
export interface S3Call {
  readonly operation: 'create' | 'read' | 'head' | 'list' | 'delete' | 'check';
  readonly bucket: string;
  /** URL, or the words "AWS S3". */
  readonly endpoint: string;
  readonly key?: string;
}

const CORRUPT = new Set(['BadDigest', 'XAmzContentChecksumMismatch', 'XAmzContentSHA256Mismatch', 'InvalidDigest']);
const SLOW_DOWN = new Set([
  'SlowDown',
  'ServiceUnavailable',
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  'TooManyRequests',
]);

const CREDENTIALS_REFUSED = 'the server refuses these credentials';

/** S3's error codes and the system's, in words that say what to do. */
const REASONS: Readonly<Record<string, string>> = {
  BadDigest: 'the bytes that arrived do not have the announced checksum',
  NoSuchBucket: 'the bucket does not exist; create it first, KafScale never does',
  AccessDenied: 'access denied: these credentials may not do this here',
  Forbidden: 'access denied: these credentials may not do this here',
  InvalidAccessKeyId: `${CREDENTIALS_REFUSED}: unknown access key`,
  SignatureDoesNotMatch: `${CREDENTIALS_REFUSED}: wrong secret key`,
  ExpiredToken: `${CREDENTIALS_REFUSED}: the session token has expired`,
  InvalidToken: `${CREDENTIALS_REFUSED}: invalid session token`,
  RequestTimeTooSkewed: "this machine's clock and the server's are too far apart",
  CredentialsProviderError: 'no credentials found, neither in the settings nor by the AWS default chain',
  PermanentRedirect: 'the bucket is in another region, or at another endpoint',
  AuthorizationHeaderMalformed: 'the bucket is in another region',
  ConditionalRequestConflict: 'another request for the same key was under way',
  ECONNREFUSED: 'cannot connect: connection refused',
  ENOTFOUND: 'cannot connect: no such host',
  EAI_AGAIN: 'cannot connect: the host name cannot be looked up now',
  ETIMEDOUT: 'cannot connect: no answer in time',
  ECONNRESET: 'the connection was reset',
  UND_ERR_SOCKET: 'the server closed the connection',
  UND_ERR_CONNECT_TIMEOUT: 'cannot connect: no answer in time',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted (self-signed): give its CA',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted (unknown CA): give its CA',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted (unknown CA): give its CA',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted (unknown CA): give its CA',
};

/** The port's error for whatever the SDK threw. */
export function translateS3Error(error: unknown, call: S3Call): ObjectStoreError {
  if (error instanceof ObjectStoreError) return error;
  const { code, status } = identify(error);
  if (call.key !== undefined) {
    if (code === 'NoSuchKey' || (code === 'NotFound' && status === 404)) return new ObjectNotFoundError(call.key);
    if (call.operation === 'create' && (status === 412 || code === 'PreconditionFailed')) {
      return new ObjectExistsError(call.key);
    }
  }
  const message = `${describe(call)}: ${reasonOf(error, code, status)}`;
  if (code === 'AccessDenied' || code === 'Forbidden') return accessError(error, message);
  if (code !== undefined && CORRUPT.has(code)) return new ObjectCorruptError(message, { cause: error });
  const slowDown = status === 503 || status === 429 || (code !== undefined && SLOW_DOWN.has(code));
  return new ObjectStoreError(message, { cause: error, slowDown });
}

/** AWS says which action its policies deny: `… is not authorized to perform: kms:GenerateDataKey on resource: …`. */
function accessError(error: unknown, message: string): ObjectAccessError {
  const said = error instanceof Error ? error.message : '';
  const deniedAction = /not authorized to perform: ([a-z0-9]+:[A-Za-z]+)/.exec(said)?.[1];
  return new ObjectAccessError(deniedAction === undefined ? message : `${message}: ${said}`, {
    cause: error,
    deniedAction,
  });
}

/** Whether the answer leaves open what is missing, the object or its bucket: that to a HEAD has no body. */
export function isBareNotFound(error: unknown): boolean {
  const { code, status } = identify(error);
  return status === 404 && code !== 'NoSuchKey' && code !== 'NoSuchBucket';
}

/** What failed, where: `cannot read "k" in bucket "b" at https://…`. */
export function describe({ operation, bucket, endpoint, key }: S3Call): string {
  const where = `bucket "${bucket}" at ${endpoint}`;
  if (operation === 'check') return `cannot use ${where}`;
  return key === undefined ? `cannot ${operation} in ${where}` : `cannot ${operation} "${key}" in ${where}`;
}

/** Whether the range asked for begins after the object's end. */
export function isRangeNotSatisfiable(error: unknown): boolean {
  const { code, status } = identify(error);
  return status === 416 || code === 'InvalidRange';
}

interface Identity {
  /** S3's error code, else the system's. */
  readonly code: string | undefined;
  /** HTTP status, when there was an answer. */
  readonly status: number | undefined;
}

function identify(error: unknown): Identity {
  const { name, code, cause, $metadata, $response } = (error ?? {}) as SdkError;
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  if (status !== undefined) return { code: name, status };
  if (typeof code === 'string') return { code, status };
  return cause instanceof Object ? identify(cause) : { code: name, status };
}

/** What the errors of the SDK and of the system have, none of it for certain. */
interface SdkError {
  readonly name?: string;
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number };
}

function reasonOf(error: unknown, code: string | undefined, status: number | undefined): string {
  if (error instanceof DeadlineError) return error.message;
  const known = code === undefined ? undefined : REASONS[code];
  if (known !== undefined) return known;
  if (status === 403) return `${CREDENTIALS_REFUSED} (HTTP 403)`;
  const said = error instanceof Error && error.message !== '' ? error.message : String(error);
  return status === undefined ? said : `HTTP ${status} ${code ?? ''}: ${said}`;
}
