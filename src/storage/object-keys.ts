/**
 * Keys of the objects in the bucket. Other programs read the bucket by these names, so they never change.
 *
 * ```
 * <namespace>/_kafscale/wal/<incarnation>/<sequence, 20 digits>    WAL object
 * ```
 *
 * Everything that isn't a topic's lives under `_kafscale`, a name that no topic can have.
 */

const NAMESPACE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const INCARNATION = /^[A-Za-z0-9_-]{1,64}$/;
const SEQUENCE_DIGITS = 20;

/**
 * The namespace is the first segment of every key: what keeps two clusters in one bucket apart.
 *
 * @throws RangeError when it is not 1 to 128 of `A-Z a-z 0-9 . _ -`, beginning with a letter or digit
 */
export function assertNamespace(namespace: string): void {
  if (!NAMESPACE.test(namespace)) {
    throw new RangeError(
      `invalid namespace ${JSON.stringify(namespace)}: it must be 1 to 128 letters, digits, ".", "_" or "-", ` +
        'and begin with a letter or digit',
    );
  }
}

/** What the keys of all WAL objects start with, or only those of one incarnation. */
export function walPrefix(namespace: string, incarnationId?: string): string {
  assertNamespace(namespace);
  const prefix = `${namespace}/_kafscale/wal/`;
  if (incarnationId === undefined) return prefix;
  if (!INCARNATION.test(incarnationId)) {
    throw new RangeError(`invalid incarnation id ${JSON.stringify(incarnationId)}: 1 to 64 of A-Z a-z 0-9 _ -`);
  }
  return `${prefix}${incarnationId}/`;
}

/**
 * Key of a WAL object, known from incarnation and sequence alone (commit protocol, rule 15).
 *
 * @param sequence an integer from 0, counted per incarnation
 * @throws RangeError when a part is invalid
 */
export function walObjectKey(namespace: string, incarnationId: string, sequence: number): string {
  if (!Number.isSafeInteger(sequence) || sequence < 0) {
    throw new RangeError(`sequence of a WAL object must be an integer from 0, got ${sequence}`);
  }
  return walPrefix(namespace, incarnationId) + String(sequence).padStart(SEQUENCE_DIGITS, '0');
}
