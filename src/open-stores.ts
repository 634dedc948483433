import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrokerConfig, EtcdConfig, S3Config } from './config/broker-config.js';
import type { Logger } from './logging/logger.js';
import { EmbeddedMetadataStore } from './metadata/embedded-metadata-store.js';
import { adoptFormatLevel } from './metadata/format-level.js';
import { MetadataStoreError, type MetadataStore } from './metadata/metadata-store.js';
import { MeteredMetadataStore, type MetadataStoreObserver } from './metadata/metered-metadata-store.js';
import { BucketProbe, MissingPermissionError, UnfitStoreError } from './storage/bucket-probe.js';
import { RevisionTrackingStore } from './metadata/revision-tracking-store.js';
import { LocalObjectStore } from './storage/local-object-store.js';
import { MemoryObjectStore } from './storage/memory-object-store.js';
import type { ObjectStore } from './storage/object-store.js';
import { backoffDelay, interruptibleSleep } from './time/backoff.js';
import type { Clock } from './time/clock.js';
import { withinTime } from './time/within-time.js';

/** A store that the configuration names cannot be opened or reached. The broker must not start without it. */
export class StoreUnavailableError extends Error {
  override readonly name = 'StoreUnavailableError';
}

export interface Stores {
  readonly objects: ObjectStore;
  /** A copy of the objects to read from, where the configuration names one. */
  readonly replica: ObjectStore | undefined;
  readonly metadata: RevisionTrackingStore;
}

/** Told how a start goes on. */
export interface StartWatcher {
  readonly metadata: MetadataStoreObserver;
  /** The start waits for a store; again with each try that fails. */
  waitingFor(store: string, problem: string): void;
  arrived(store: string): void;
}

/**
 * Opens the two stores that the configuration names, and waits until both answer. A bucket is tried out as well: what the
 * broker needs must be there and permitted. A replica is a matter of speed and cost: without it the start goes on. From then
 * on this process writes at the format level of the cluster to which the stores belong.
 *
 * @param signal gives up early
 * @param watcher told of what the start waits for, and of the calls to the metadata store once it answers
 * @throws StoreUnavailableError when one of them cannot be opened, or does not answer within the startup timeout. There
 *   is no other store to fall back to.
 * @throws UnsupportedFormatLevelError when this version cannot be in the cluster to which they belong
 */
export async function openStores(
  config: BrokerConfig,
  clock: Clock,
  logger: Logger,
  signal: AbortSignal,
  watcher?: StartWatcher,
): Promise<Stores> {
  // Metadata first: its lock on the data directory keeps a second process away from the objects too.
  const metadata = await openMetadataStore(config, clock, logger);
  try {
    const objects = await openObjectStore(config);
    const replica = await openReplica(config);
    const patience = { timeoutMs: config.startupTimeoutMs, clock, logger, signal, watcher };
    await Promise.all([
      waitFor('metadata store', `the metadata store (${describeMetadata(config)})`, () => metadata.check(), patience),
      waitFor(
        'object store',
        `the object store (${describeObjects(config)})`,
        usable(config, objects, signal),
        patience,
      ),
      replica && warnWithout(replica, patience),
    ]);
    await adoptFormatLevel(metadata);
    const tracked = new RevisionTrackingStore(
      watcher === undefined ? metadata : new MeteredMetadataStore(metadata, watcher.metadata, clock),
    );
    await tracked.readFloor();
    return { objects, replica, metadata: tracked };
  } catch (error) {
    await metadata.close();
    throw error;
  }
}

/** Only the clients of the stores that are used are loaded: those of etcd and S3 are a good part of a start. */
async function openMetadataStore({ metadata }: BrokerConfig, clock: Clock, logger: Logger): Promise<MetadataStore> {
  switch (metadata.kind) {
    case 'memory':
      return EmbeddedMetadataStore.inMemory(logger);
    case 'embedded':
      try {
        return EmbeddedMetadataStore.open(join(metadata.dataDirectory, 'metadata.sqlite'), logger);
      } catch (error) {
        if (error instanceof MetadataStoreError) throw new StoreUnavailableError(error.message, { cause: error });
        throw error;
      }
    case 'etcd': {
      const { EtcdMetadataStore } = await import('./metadata/etcd-metadata-store.js');
      return new EtcdMetadataStore(etcdOptions(metadata), logger, clock);
    }
  }
}

/**
 * Opens the object store without waiting until it answers.
 *
 * @throws StoreUnavailableError when it cannot be opened
 */
export async function openObjectStore({ objects }: Pick<BrokerConfig, 'objects'>): Promise<ObjectStore> {
  switch (objects.kind) {
    case 'memory':
      return new MemoryObjectStore();
    case 'directory':
      try {
        return await LocalObjectStore.open(join(objects.dataDirectory, 'objects'));
      } catch (error) {
        throw new StoreUnavailableError(messageOf(error), { cause: error });
      }
    case 's3':
      return openS3(objects, objects.namespace);
  }
}

async function openReplica({ objects }: BrokerConfig): Promise<ObjectStore | undefined> {
  if (objects.kind !== 's3' || objects.readReplica === undefined) return undefined;
  return openS3({ ...objects, ...objects.readReplica }, objects.namespace);
}

async function openS3(config: S3Config, namespace: string): Promise<ObjectStore> {
  const { S3ObjectStore } = await import('./storage/s3-object-store.js');
  return new S3ObjectStore(s3Options(config, namespace));
}

/** What is to succeed before the broker starts; one probe object a start, however often it is repeated. */
function usable({ objects: config }: BrokerConfig, objects: ObjectStore, signal: AbortSignal): () => Promise<void> {
  if (config.kind !== 's3') return () => objects.check({ signal });
  const probe = new BucketProbe(objects, config.bucket, config.namespace, randomUUID());
  return () => probe.run({ signal });
}

async function warnWithout(replica: ObjectStore, { clock, logger, signal, timeoutMs }: Patience): Promise<void> {
  try {
    await withinTime(
      clock,
      Math.min(timeoutMs, REPLICA_PATIENCE_MS),
      replica.check({ signal }),
      () => new Error('no answer'),
    );
  } catch (error) {
    signal.throwIfAborted();
    const event = { event: 'replica_unavailable', reason: messageOf(error) };
    logger.warn(event, 'the replica cannot be used; records are read from the bucket itself until it can');
  }
}

function etcdOptions({ endpoints, prefix, credentials, caFile, clientCertificate }: EtcdConfig) {
  const tls = {
    ...(caFile !== undefined && { ca: readPem(caFile) }),
    ...(clientCertificate && { cert: readPem(clientCertificate.certFile), key: readPem(clientCertificate.keyFile) }),
  };
  return {
    endpoints,
    prefix,
    ...(credentials && { credentials }),
    ...(Object.keys(tls).length > 0 && { tls }),
  };
}

function s3Options(config: S3Config, namespace: string) {
  const { bucket, region, endpoint, pathStyle, credentials, kmsKeyArn, caFile, concurrency } = config;
  return {
    bucket,
    pathStyle,
    concurrency,
    namespace,
    ...(region !== undefined && { region }),
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials && { credentials: withoutUndefined(credentials) }),
    ...(kmsKeyArn !== undefined && { kmsKeyArn }),
    ...(caFile !== undefined && { caCertificates: readPem(caFile).toString('utf8') }),
  };
}

function withoutUndefined({ accessKeyId, secretAccessKey, sessionToken }: NonNullable<S3Config['credentials']>) {
  return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
}

function readPem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new StoreUnavailableError(`the certificate file ${file} cannot be read: ${messageOf(error)}`);
  }
}

interface Patience {
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly watcher: StartWatcher | undefined;
}

/** How long the start waits for a replica's answer, ms. */
const REPLICA_PATIENCE_MS = 5_000;

/** Asks again and again until the store answers: pods start in any order. */
async function waitFor(name: string, what: string, check: () => Promise<void>, patience: Patience): Promise<void> {
  const { clock, logger, signal, timeoutMs, watcher } = patience;
  watcher?.waitingFor(name, 'has not answered yet');
  const deadline = clock.monotonic() + timeoutMs;
  for (let attempt = 0; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      // A check that hangs must not hang the start.
      const leftMs = Math.max(0, deadline - clock.monotonic());
      await withinTime(clock, leftMs, check(), () => new Error('no answer'));
      watcher?.arrived(name);
      return;
    } catch (error) {
      const delay = backoffDelay(attempt, Math.random);
      // Permissions are waited for as well: granted ones take effect after a while.
      if (error instanceof UnfitStoreError || clock.monotonic() + delay >= deadline) {
        const answered = error instanceof UnfitStoreError || error instanceof MissingPermissionError;
        const problem = answered ? 'cannot be used' : `cannot be reached within ${timeoutMs / 1000} s`;
        const message = `${what} ${problem}: ${messageOf(error)}`;
        throw new StoreUnavailableError(message, { cause: error });
      }
      watcher?.waitingFor(name, messageOf(error));
      logger.warn({ event: 'store_unavailable', reason: messageOf(error) }, `waiting for ${what}`);
      await interruptibleSleep(clock, delay, signal);
    }
  }
}

function describeObjects({ objects }: BrokerConfig): string {
  if (objects.kind !== 's3') return objects.kind;
  return `bucket ${objects.bucket}${objects.endpoint === undefined ? '' : ` at ${objects.endpoint}`}`;
}

function describeMetadata({ metadata }: BrokerConfig): string {
  return metadata.kind === 'etcd' ? `etcd at ${metadata.endpoints.join(', ')}` : metadata.kind;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
