import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stores } from '../../chaos/stores.js';
import { startEtcd, type EtcdServer, type EtcdServerOptions } from '../../support/etcd.js';
import { startSeaweedFs } from '../../support/seaweedfs.js';
import { TcpProxy } from '../../support/tcp-proxy.js';

/** etcd and an S3 server, each behind a proxy through which brokers reach it. */
export interface ProxiedStores extends Stores {
  readonly etcd: EtcdServer;
  readonly toEtcd: TcpProxy;
  readonly toS3: TcpProxy;
  /** For one test: the stores' settings, with a key prefix and a namespace of its own. */
  fresh(): Stores;
}

/** Starts both servers, with an empty bucket. Needs the tools `seaweedfs` and `etcd`. */
export async function startProxiedStores(options: EtcdServerOptions = {}): Promise<ProxiedStores> {
  const [s3, etcd] = await Promise.all([startSeaweedFs(), startEtcd(options)]);
  const [toS3, toEtcd] = await Promise.all([
    TcpProxy.start(Number(new URL(s3.endpoint).port)),
    TcpProxy.start(etcd.port),
  ]);
  await s3.createBucket('records');
  const env = {
    // Nothing is written there; the setting only keeps the default away.
    KAFSCALE_DATA_DIR: join(tmpdir(), 'kafscale-unused'),
    KAFSCALE_S3_BUCKET: 'records',
    KAFSCALE_S3_REGION: 'us-east-1',
    KAFSCALE_S3_ENDPOINT: `http://127.0.0.1:${toS3.port}`,
    KAFSCALE_S3_ACCESS_KEY: s3.credentials.accessKeyId,
    KAFSCALE_S3_SECRET_KEY: s3.credentials.secretAccessKey,
    KAFSCALE_ETCD_ENDPOINTS: `http://127.0.0.1:${toEtcd.port}`,
  };
  return {
    env,
    etcd,
    toEtcd,
    toS3,
    fresh: () => {
      const name = randomBytes(4).toString('hex');
      const own = { KAFSCALE_S3_NAMESPACE: name, KAFSCALE_ETCD_PREFIX: `/${name}/` };
      return { env: { ...env, ...own }, stop: () => Promise.resolve() };
    },
    stop: async () => {
      await Promise.all([toS3.stop(), toEtcd.stop(), s3.stop(), etcd.stop()]);
    },
  };
}
