import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEtcd } from '../support/etcd.js';
import { startSeaweedFs, type SeaweedFs } from '../support/seaweedfs.js';

export type StoresKind = 'local' | 's3';

/** Where brokers keep their data. Outlives them; every broker that is given `env` finds the same data. */
export interface Stores {
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

export function startStores(kind: StoresKind): Promise<Stores> {
  return kind === 'local' ? localStores() : s3AndEtcd();
}

async function localStores(): Promise<Stores> {
  const directory = await mkdtemp(join(tmpdir(), 'kafscale-chaos-'));
  return {
    env: { KAFSCALE_DATA_DIR: directory },
    stop: () => rm(directory, { recursive: true, force: true }),
  };
}

async function s3AndEtcd(): Promise<Stores> {
  const [s3, etcd] = await Promise.all([startSeaweedFs(), startEtcd()]);
  const bucket = `chaos-${randomBytes(4).toString('hex')}`;
  await s3.createBucket(bucket);
  return {
    env: s3Environment(s3, bucket, etcd.endpoint),
    stop: async () => {
      await Promise.all([s3.stop(), etcd.stop()]);
    },
  };
}

/** Settings of a broker on an S3 server and etcd. */
export function s3Environment(
  s3: Pick<SeaweedFs, 'endpoint' | 'credentials'>,
  bucket: string,
  etcdEndpoint: string,
): Readonly<Record<string, string>> {
  return {
    // Nothing is written there; the setting only keeps the default away.
    KAFSCALE_DATA_DIR: join(tmpdir(), 'kafscale-unused'),
    KAFSCALE_S3_BUCKET: bucket,
    KAFSCALE_S3_REGION: 'us-east-1',
    KAFSCALE_S3_ENDPOINT: s3.endpoint,
    KAFSCALE_S3_ACCESS_KEY: s3.credentials.accessKeyId,
    KAFSCALE_S3_SECRET_KEY: s3.credentials.secretAccessKey,
    KAFSCALE_ETCD_ENDPOINTS: etcdEndpoint,
  };
}
