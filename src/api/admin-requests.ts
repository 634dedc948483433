/* What requests that change something have in common. */
import { MetadataUnavailableError } from '../metadata/metadata-store.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';

export interface AdminOptions {
  /** Whether clients may create, change and delete topics. */
  readonly allowAdminApis: boolean;
}

/** A change waits so long for the metadata store at least, whatever the client says, ms. */
export const MIN_TIMEOUT_MS = 1000;

/** More in one topic would be a mistake, and a large one: every partition costs memory on its leader. */
export const MAX_PARTITIONS_PER_TOPIC = 10_000;
/** As in Apache Kafka. */
export const MAX_NEW_PARTITIONS_PER_REQUEST = 10_000;

/**
 * Refuses changes where only the operator may make them.
 *
 * @param what that the client wants to do, such as "create topics"
 * @throws KafkaError CLUSTER_AUTHORIZATION_FAILED, or the given code
 */
export function requireAdminApis(
  { allowAdminApis }: AdminOptions,
  what: string,
  code: ErrorCode = ErrorCode.CLUSTER_AUTHORIZATION_FAILED,
): void {
  if (!allowAdminApis) throw new KafkaError(code, `This cluster does not let clients ${what}.`);
}

/** @throws KafkaError INVALID_PARTITIONS */
export function requireFewerPartitions(partitionCount: number): void {
  if (partitionCount <= MAX_PARTITIONS_PER_TOPIC) return;
  throw new KafkaError(
    ErrorCode.INVALID_PARTITIONS,
    `A topic has at most ${MAX_PARTITIONS_PER_TOPIC} partitions, not ${partitionCount}.`,
  );
}

/**
 * The error to answer when a change failed. Whether it was made is unknown when the metadata store did not answer.
 *
 * @throws whatever else it is
 */
export function asKafkaError(error: unknown): KafkaError {
  if (error instanceof KafkaError) return error;
  if (!(error instanceof MetadataUnavailableError)) throw error;
  return new KafkaError(ErrorCode.REQUEST_TIMED_OUT, 'The metadata store did not answer in time.', { cause: error });
}

/** Items that are there more than once, by what names them. */
export function duplicatesOf<T>(items: readonly T[], nameOf: (item: T) => string): ReadonlySet<string> {
  const seen = new Set<string>();
  const duplicates = new Set<string>();
  for (const item of items) {
    const name = nameOf(item);
    if (seen.has(name)) duplicates.add(name);
    seen.add(name);
  }
  return duplicates;
}
