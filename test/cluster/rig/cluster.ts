import { randomBytes } from 'node:crypto';
import { s3Environment } from '../../chaos/stores.js';
import { startEtcd, type EtcdServer } from '../../support/etcd.js';
import { startSeaweedFs, type SeaweedFs } from '../../support/seaweedfs.js';
import { createTopic } from '../../support/topics.js';
import { ClusterBroker, type BrokerPlace } from './cluster-broker.js';

/** Small objects and much maintenance, so that disturbances meet all of it. */
const SETTINGS = {
  KAFSCALE_WAL_OBJECT_BYTES: '64Ki',
  KAFSCALE_SEGMENT_BYTES: '1Mi',
  KAFSCALE_COMPACT_AFTER_SEC: '2',
  KAFSCALE_COMPACTION_PUTS_PER_SEC: '20',
  KAFSCALE_RETENTION_CHECK_INTERVAL_MS: '2000',
  KAFSCALE_DELETE_GRACE_SEC: '10',
  KAFSCALE_STARTUP_TIMEOUT_SEC: '60',
  KAFSCALE_GROUP_INITIAL_REBALANCE_DELAY_MS: '500',
};

export interface ClusterOptions {
  /** How many brokers begin, numbered from 0. */
  readonly brokers: number;
  readonly topic: string;
  readonly partitions: number;
  /** Where the brokers' logs are written. */
  readonly folder: string;
  /** More settings of the brokers. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Is told when a broker ends that nobody has ended. */
  readonly endedByItself: (what: string) => void;
}

/** Brokers on one etcd and one object store, each behind proxies. */
export class Cluster {
  readonly brokers: ClusterBroker[] = [];

  private constructor(
    private readonly options: ClusterOptions,
    private readonly place: BrokerPlace,
    private readonly servers: readonly [SeaweedFs, EtcdServer],
  ) {}

  /** Starts stores and brokers, and makes the topic. @throws {Error} when they don't come up */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const [s3, etcd] = await Promise.all([startSeaweedFs(), startEtcd()]);
    const bucket = `cluster-${randomBytes(4).toString('hex')}`;
    const place: BrokerPlace = {
      etcdPort: etcd.port,
      s3Port: Number(new URL(s3.endpoint).port),
      folder: options.folder,
      env: (etcdPort, s3Port) => ({
        ...SETTINGS,
        ...s3Environment({ ...s3, endpoint: local(s3Port) }, bucket, local(etcdPort)),
        ...options.settings,
      }),
    };
    const cluster = new Cluster(options, place, [s3, etcd]);
    try {
      await s3.createBucket(bucket);
      for (let number = 0; number < options.brokers; number += 1) cluster.brokers.push(await cluster.create(number));
      await Promise.all(cluster.brokers.map((broker) => broker.start()));
      await cluster.ready();
      await createTopic(cluster.brokers[0]!.bootstrap, options.topic, options.partitions);
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  /** Settings with which a process reaches the stores, without proxies. */
  get storeSettings(): Readonly<Record<string, string>> {
    const { env, etcdPort, s3Port } = this.place;
    return env(etcdPort, s3Port);
  }

  get bootstrap(): readonly string[] {
    return this.brokers.map((broker) => broker.bootstrap);
  }

  /** Another broker of the same cluster, not started, that belongs to the caller. */
  create(number: number): Promise<ClusterBroker> {
    return ClusterBroker.create(number, this.place, this.options.endedByItself);
  }

  /** Waits until all brokers are ready for clients. */
  async ready(): Promise<void> {
    await Promise.all(this.brokers.map((broker) => broker.ready()));
  }

  /** Kills the brokers and ends the stores. */
  async stop(): Promise<void> {
    await Promise.all(this.brokers.map((broker) => broker.dispose()));
    await Promise.all(this.servers.map((server) => server.stop()));
  }
}

function local(port: number): string {
  return `http://127.0.0.1:${port}`;
}
