/**
 * Keys of the objects in the bucket. Other programs read the bucket by these names, so they never change.
 *
 * ```
 * <namespace>/_kafscale/wal/<incarnation>/<sequence, 20 digits>                                  WAL object
 * <namespace>/_kafscale/wal/<incarnation>/<last sequence, 20 digits>-<8 hex digits>              merged WAL object
 * <namespace>/_kafscale/manifests/<topic id>/<partition>/<version, 20 digits>-<8 hex digits>     manifest
 * <namespace>/<topic>/<partition>/segment-<base offset, 20 digits>.kfs, .index                   segment, its index
 * <namespace>/<topic>/<partition>/segment-<base offset, 20 digits>-<8 hex digits>.kfs, .index    where that was taken
 * <namespace>/_kafscale/probe/<random>                                                           tried out at a broker's start
 * <namespace>/_kafscale/marks/<revision, 20 digits>                                              mark of the metadata store
 * ```
 *
 * Everything that isn't a topic's lives under `_kafscale`, a name that no topic can have.
 */

const NAMESPACE = /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/;
const INCARNATION = /^[A-Za-z0-9_-]{1,64}$/;
const TOPIC = /^[A-Za-z0-9._-]{1,249}$/;
const TOPIC_ID = /^[A-Za-z0-9_-]{22}$/;
const SUFFIX = /^[0-9a-f]{8}$/;
const OWN = '_kafscale';
const NUMBER_DIGITS = 20;
const MAX_PARTITION = 0x7fffffff;
const SEGMENT_KEY = /^([^/]+)\/([^/]+)\/(\d{1,10})\/segment-(\d{20})(?:-([0-9a-f]{8}))?\.(kfs|index)$/;
const WAL_KEY = /^([^/]+)\/_kafscale\/wal\/([^/]+)\/(\d{20})(?:-([0-9a-f]{8}))?$/;
const MANIFEST_KEY = /^([^/]+)\/_kafscale\/manifests\/([^/]+)\/(\d{1,10})\/(\d{20})-([0-9a-f]{8})$/;

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
  const prefix = `${namespace}/${OWN}/wal/`;
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
  return walPrefix(namespace, incarnationId) + digits(sequence, 'sequence of a WAL object');
}

/**
 * Key of an object that several WAL objects were merged into. The suffix is random: only the metadata store decides which
 * of several tries counts.
 *
 * @param lastSequence of the objects that it replaces
 * @param suffix 8 lower-case hex digits
 * @throws RangeError when a part is invalid
 */
export function mergedWalObjectKey(
  namespace: string,
  incarnationId: string,
  lastSequence: number,
  suffix: string,
): string {
  return `${walObjectKey(namespace, incarnationId, lastSequence)}-${checkedSuffix(suffix)}`;
}

export interface WalKeyParts {
  readonly namespace: string;
  readonly incarnationId: string;
  /** Of a merged object the last sequence that it replaces. */
  readonly sequence: number;
  /** Of merged objects only. */
  readonly suffix: string | undefined;
}

/** The parts of a WAL object's key, merged or not; undefined when it is none. */
export function parseWalKey(key: string): WalKeyParts | undefined {
  const [, namespace = '', incarnationId = '', digits, suffix] = WAL_KEY.exec(key) ?? [];
  const sequence = Number(digits);
  if (!NAMESPACE.test(namespace) || !INCARNATION.test(incarnationId) || !Number.isSafeInteger(sequence))
    return undefined;
  return { namespace, incarnationId, sequence, suffix };
}

/** What tells the segments of one partition apart in their keys. */
export interface SegmentName {
  readonly baseOffset: number;
  /** 8 lower-case hex digits where the plain name was taken: by a merge, a re-created topic, an orphan. */
  readonly suffix?: string | undefined;
}

/** What the keys of all segments and indexes of a topic start with. Namesakes that were deleted share it. */
export function topicObjectsPrefix(namespace: string, topic: string): string {
  assertNamespace(namespace);
  if (!isTopic(topic)) throw new RangeError(`invalid topic name ${JSON.stringify(topic)}`);
  return `${namespace}/${topic}/`;
}

/**
 * Key of a segment.
 *
 * @throws RangeError when a part is invalid
 */
export function segmentKey(namespace: string, topic: string, partition: number, name: SegmentName): string {
  return `${segmentStem(namespace, topic, partition, name)}.kfs`;
}

/**
 * Key of the index that belongs to a segment.
 *
 * @throws RangeError when a part is invalid
 */
export function segmentIndexKey(namespace: string, topic: string, partition: number, name: SegmentName): string {
  return `${segmentStem(namespace, topic, partition, name)}.index`;
}

/** Keys of a segment and of its index. */
export function segmentKeys(namespace: string, topic: string, partition: number, name: SegmentName): [string, string] {
  return [segmentKey(namespace, topic, partition, name), segmentIndexKey(namespace, topic, partition, name)];
}

function segmentStem(namespace: string, topic: string, partition: number, name: SegmentName): string {
  const suffix = name.suffix === undefined ? '' : `-${checkedSuffix(name.suffix)}`;
  const baseOffset = digits(name.baseOffset, 'base offset of a segment');
  return `${topicObjectsPrefix(namespace, topic)}${checkedPartition(partition)}/segment-${baseOffset}${suffix}`;
}

export interface SegmentKeyParts {
  readonly kind: 'segment' | 'index';
  readonly namespace: string;
  readonly topic: string;
  readonly partition: number;
  readonly name: SegmentName;
}

/** The parts of a segment's or index's key; undefined when it is neither. */
export function parseSegmentKey(key: string): SegmentKeyParts | undefined {
  const match = SEGMENT_KEY.exec(key);
  if (match === null) return undefined;
  const [, namespace = '', topic = '', partition, baseOffset, suffix, extension] = match;
  const parts: SegmentKeyParts = {
    kind: extension === 'kfs' ? 'segment' : 'index',
    namespace,
    topic,
    partition: Number(partition),
    name: { baseOffset: Number(baseOffset), suffix },
  };
  if (!NAMESPACE.test(namespace) || !isTopic(topic) || !Number.isSafeInteger(parts.name.baseOffset)) return undefined;
  return String(parts.partition) === partition && parts.partition <= MAX_PARTITION ? parts : undefined;
}

/** What the keys of all manifests start with, or only those of one topic, or of one partition of it. */
export function manifestsPrefix(namespace: string, topicId?: string, partition?: number): string {
  assertNamespace(namespace);
  const prefix = `${namespace}/${OWN}/manifests/`;
  if (topicId === undefined) return prefix;
  if (!TOPIC_ID.test(topicId)) throw new RangeError(`invalid topic id ${JSON.stringify(topicId)}`);
  return partition === undefined ? `${prefix}${topicId}/` : `${prefix}${topicId}/${checkedPartition(partition)}/`;
}

/**
 * Key of a manifest. The suffix is random: two leaders may both try to write a version, and only the metadata store
 * decides whose it is.
 *
 * @param version an integer from 0, counted per partition
 * @param suffix 8 lower-case hex digits
 * @throws RangeError when a part is invalid
 */
export function manifestKey(
  namespace: string,
  topicId: string,
  partition: number,
  version: number,
  suffix: string,
): string {
  const prefix = manifestsPrefix(namespace, topicId, partition);
  return `${prefix}${digits(version, 'version of a manifest')}-${checkedSuffix(suffix)}`;
}

export interface ManifestKeyParts {
  readonly namespace: string;
  readonly topicId: string;
  readonly partition: number;
  readonly version: number;
  readonly suffix: string;
}

/** The parts of a manifest's key; undefined when it is none. */
export function parseManifestKey(key: string): ManifestKeyParts | undefined {
  const match = MANIFEST_KEY.exec(key);
  if (match === null) return undefined;
  const [, namespace = '', topicId = '', partition, version, suffix = ''] = match;
  const parts = { namespace, topicId, partition: Number(partition), version: Number(version), suffix };
  if (!NAMESPACE.test(namespace) || !TOPIC_ID.test(topicId) || !Number.isSafeInteger(parts.version)) return undefined;
  return String(parts.partition) === partition && parts.partition <= MAX_PARTITION ? parts : undefined;
}

/** What the keys of all marks of the metadata store start with. */
export function metadataMarksPrefix(namespace: string): string {
  assertNamespace(namespace);
  return `${namespace}/_kafscale/marks/`;
}

/** @throws RangeError when the revision is not an integer from 0 */
export function metadataMarkKey(namespace: string, revision: number): string {
  return metadataMarksPrefix(namespace) + digits(revision, 'revision of the metadata store');
}

/** The revision that a mark's key names; undefined when it is no key of a mark. */
export function parseMetadataMarkKey(namespace: string, key: string): number | undefined {
  const revision = Number(key.slice(metadataMarksPrefix(namespace).length));
  const isRevision = Number.isSafeInteger(revision) && revision >= 0;
  return isRevision && metadataMarkKey(namespace, revision) === key ? revision : undefined;
}

function isTopic(name: string): boolean {
  return TOPIC.test(name) && name !== '.' && name !== '..' && name !== OWN;
}

function digits(value: number, what: string): string {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${what} must be an integer from 0, got ${value}`);
  return String(value).padStart(NUMBER_DIGITS, '0');
}

function checkedPartition(partition: number): number {
  if (!Number.isInteger(partition) || partition < 0 || partition > MAX_PARTITION) {
    throw new RangeError(`partition must be an integer from 0 to ${MAX_PARTITION}, got ${partition}`);
  }
  return partition;
}

function checkedSuffix(suffix: string): string {
  if (!SUFFIX.test(suffix)) throw new RangeError(`invalid suffix ${JSON.stringify(suffix)}: 8 lower-case hex digits`);
  return suffix;
}

/**
 * Key of the object with which a starting broker tries out the bucket.
 *
 * @param id random, 1 to 64 of `A-Z a-z 0-9 _ -`
 */
export function probeKey(namespace: string, id: string): string {
  assertNamespace(namespace);
  return `${namespace}/_kafscale/probe/${id}`;
}

/** Whether an object is the broker's own rather than a topic's: WAL, manifests, probes. */
export function isOwnKey(key: string): boolean {
  return key.split('/', 2)[1] === OWN;
}

/** Whether an object is part of the WAL, merged or not. */
export function isWalKey(key: string): boolean {
  return parseWalKey(key) !== undefined;
}
