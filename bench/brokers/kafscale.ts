import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load-config.js';
import { silentLogger } from '../../src/logging/logger.js';
import { openStores } from '../../src/open-stores.js';
import type { Stores } from '../../src/open-stores.js';
import { systemClock } from '../../src/time/clock.js';
import { startBroker } from '../../test/support/broker.js';
import type { RunningBroker } from '../../test/support/broker.js';
import type { EtcdServer } from '../../test/support/etcd.js';
import type { S3WithLatency } from '../stores/s3-with-latency.js';
import type { BrokerUnderTest } from './broker-under-test.js';

/** The stores of a broker that does not run. */
export interface BrokerStores extends Pick<Stores, 'objects' | 'metadata'> {
  /** First path segment of all object keys. */
  readonly namespace: string;
}

/** Far more than a start may take: how long it takes is what is measured. */
const START_TIMEOUT_MS = 300_000;

type Environment = Readonly<Record<string, string>>;

/** Our own broker as built, on stores of its own. */
export class KafscaleBroker implements BrokerUnderTest {
  private constructor(
    readonly kind: 'kafscale-s3' | 'kafscale-local',
    private readonly environment: Environment,
    private broker: RunningBroker,
    private readonly removeData: () => Promise<void>,
  ) {}

  /** @param environment settings, besides those of the stores */
  static async onS3(s3: S3WithLatency, etcd: EtcdServer, environment: Environment): Promise<KafscaleBroker> {
    const namespace = `bench-${randomUUID()}`;
    const settings = {
      KAFSCALE_S3_BUCKET: s3.bucket,
      KAFSCALE_S3_NAMESPACE: namespace,
      KAFSCALE_S3_ENDPOINT: s3.endpoint,
      KAFSCALE_S3_ACCESS_KEY: s3.credentials.accessKeyId,
      KAFSCALE_S3_SECRET_KEY: s3.credentials.secretAccessKey,
      KAFSCALE_ETCD_ENDPOINTS: etcd.endpoint,
      KAFSCALE_ETCD_PREFIX: `/${namespace}/`,
      ...environment,
    };
    return new KafscaleBroker('kafscale-s3', settings, await startBroker(settings), () => Promise.resolve());
  }

  static async onLocalDirectory(environment: Environment): Promise<KafscaleBroker> {
    const directory = await mkdtemp(join(tmpdir(), 'kafscale-bench-'));
    const settings = { KAFSCALE_DATA_DIR: directory, ...environment };
    const removeData = () => rm(directory, { recursive: true, force: true });
    return new KafscaleBroker('kafscale-local', settings, await startBroker(settings), removeData);
  }

  get bootstrap(): string {
    return this.broker.bootstrap;
  }

  get pid(): number {
    return this.broker.pid;
  }

  /** Of its metrics, `host:port`. */
  get httpAddress(): string {
    return this.broker.httpAddress;
  }

  readonly restart = async (): Promise<void> => {
    await this.broker.kill();
    await this.start();
  };

  /** Ends the broker at once, does something with its stores, and leaves the start to {@link start}. */
  async killAndChange(change: (stores: BrokerStores) => Promise<void>): Promise<void> {
    await this.broker.kill();
    const { config } = loadConfig({ environment: this.environment });
    const { signal } = new AbortController();
    const { objects, metadata } = await openStores(config, systemClock, silentLogger, signal);
    try {
      await change({ objects, metadata, namespace: config.objects.namespace });
    } finally {
      await Promise.all([objects.close(), metadata.close()]);
    }
  }

  async start(): Promise<void> {
    this.broker = await startBroker(this.environment, START_TIMEOUT_MS);
  }

  /** Another broker of the same cluster. */
  startBeside(environment: Environment): Promise<RunningBroker> {
    return startBroker({ ...this.environment, ...environment });
  }

  async stop(): Promise<void> {
    await this.broker.stop();
    await this.removeData();
  }
}
