import { getCACertificates } from 'node:tls';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { RangedGetHandler } from './ranged-gets/ranged-get-handler.js';

export interface S3Options {
  /** Must exist: a bucket is never created, or a typing error would become an empty log. */
  readonly bucket: string;
  /** Default: what the AWS environment says; `us-east-1` where there is an endpoint. */
  readonly region?: string;
  /** URL of a server other than AWS. */
  readonly endpoint?: string;
  /** `https://host/bucket/key` instead of `https://bucket.host/key`. Default: where there is an endpoint. */
  readonly pathStyle?: boolean;
  /** Default: the AWS chain (environment, profile, web identity, container, instance). */
  readonly credentials?: S3Credentials;
  /** Certificates in PEM that are trusted besides the usual ones. */
  readonly caCertificates?: string;
  /** Objects are encrypted with this KMS key (SSE-KMS). */
  readonly kmsKeyArn?: string;
  /** Most connections at once, for reads of ranges and again for all else; further requests wait for one. Default 64. */
  readonly concurrency?: number;
  /** Default 5000. */
  readonly connectTimeoutMs?: number;
  /** Longest duration of one request, with its body and the wait for a connection. Default 30000. */
  readonly requestTimeoutMs?: number;
  /** Where `check()` looks, for credentials that may not list the whole bucket. Default: anywhere. */
  readonly namespace?: string;
}

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

const DEFAULT_CONCURRENCY = 64;
const DEFAULT_CONNECT_TIMEOUT_MS = 5_000;
/** Every failure reaches the caller as an error; by default the SDK prints some of them to the console as well. */
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };

export const DEFAULT_REQUEST_TIMEOUT_MS = 30_000;

/**
 * An SDK client that sends each request once and computes nothing over a body.
 *
 * Bodies are sent as UNSIGNED-PAYLOAD: hashing one with SHA-256 for the signature costs eight times as much CPU as
 * sending it. They are protected by TLS and by the CRC-32C header, which the server verifies and which is part of the
 * signature. AWS takes unsigned payloads over https, which is how the SDK reaches AWS; servers of other makes take them
 * over http too.
 */
export function makeS3Client(options: S3Options): S3Client {
  const { region, endpoint, credentials } = options;
  const chosenRegion = region ?? (endpoint === undefined ? undefined : 'us-east-1');
  const config: S3ClientConfig = {
    ...(chosenRegion === undefined ? {} : { region: chosenRegion }),
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    forcePathStyle: options.pathStyle ?? endpoint !== undefined,
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    logger: SILENT,
    requestHandler: requestHandler(options),
  };
  const client = new S3Client(config);
  client.middlewareStack.add(
    (next) => (args) => {
      (args.request as { headers: Record<string, string> }).headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
      return next(args);
    },
    { step: 'build', name: 'unsignedPayload' },
  );
  return client;
}

function requestHandler({ caCertificates, ...options }: S3Options): RangedGetHandler {
  const connections = options.concurrency ?? DEFAULT_CONCURRENCY;
  const connectTimeoutMs = options.connectTimeoutMs ?? DEFAULT_CONNECT_TIMEOUT_MS;
  const ca = caCertificates === undefined ? {} : { ca: [...getCACertificates('default'), caCertificates] };
  // The deadline of the whole request ends it earlier.
  const undici = { connections, connect: { timeout: connectTimeoutMs, ...ca }, headersTimeout: 0, bodyTimeout: 0 };
  return new RangedGetHandler({ dispatcher: undici }, { connections, connectTimeoutMs, ...ca });
}

function ignore(): void {
  return undefined;
}
