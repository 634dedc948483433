import {
  EtcdAuthenticationFailedError,
  EtcdLeaseInvalidError,
  EtcdPermissionDeniedError,
  GRPCFailedPreconditionError,
  GRPCInvalidArgumentError,
  GRPCNotFoundError,
  GRPCNotImplementedError,
  GRPCOutOfRangeError,
  GRPCUnauthenticatedError,
} from 'etcd3';
import { MetadataStoreError, MetadataUnavailableError } from './metadata-store.js';

/** What etcd answers only when it has not applied the call, and would answer again. */
const REFUSALS = [
  EtcdAuthenticationFailedError,
  EtcdLeaseInvalidError,
  EtcdPermissionDeniedError,
  GRPCFailedPreconditionError,
  GRPCInvalidArgumentError,
  GRPCNotFoundError,
  GRPCNotImplementedError,
  GRPCOutOfRangeError,
  GRPCUnauthenticatedError,
];

const NO_SPACE = 'database space exceeded';
/** Users or roles were changed meanwhile; the next call gets a new token. */
const STALE_TOKEN = 'revision of auth store is old';

/**
 * Sorts an error of etcd3 into refused for good, and everything else: unknown outcome, to be tried again.
 *
 * A quota that is used up counts as the latter: it ends when an operator makes room, and nobody has to give up what he
 * leads until then. Nor does such a refusal tell what became of earlier tries of the same transaction.
 *
 * @param call what was tried, for the message
 */
export function translateEtcdError(call: string, error: unknown): MetadataStoreError | MetadataUnavailableError {
  const reason = error instanceof Error ? error.message : String(error);
  if (reason.includes(NO_SPACE)) {
    return new MetadataUnavailableError(
      `etcd has no space left for ${call} (its quota is used up; compact, defragment, disarm)`,
      { cause: error },
    );
  }
  return isRefusal(error) && !reason.includes(STALE_TOKEN)
    ? new MetadataStoreError(`etcd refused ${call}: ${reason}`, { cause: error })
    : new MetadataUnavailableError(`etcd did not answer ${call}: ${reason}`, { cause: error });
}

export function isLeaseGone(error: unknown): boolean {
  return error instanceof EtcdLeaseInvalidError;
}

function isRefusal(error: unknown): boolean {
  return REFUSALS.some((type) => error instanceof type);
}
