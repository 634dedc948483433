import { afterAll, beforeAll, describe } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EmbeddedMetadataStore } from '../../src/metadata/embedded-metadata-store.js';
import { EtcdMetadataStore } from '../../src/metadata/etcd-metadata-store.js';
import type { MetadataStore } from '../../src/metadata/metadata-store.js';
import { silentLogger } from '../../src/logging/logger.js';
import { startEtcd, type EtcdServer } from '../support/etcd.js';
import { describeWithTools } from '../support/tools.js';
import type { MetadataStoreHarness } from './metadata-store-harness.js';
import { describeWatchContract } from './metadata-store-watch.contract.js';
import { describeMetadataStoreContract } from './metadata-store.contract.js';

describe('EmbeddedMetadataStore in memory', () => {
  describeEmbeddedContract(() => Promise.resolve(EmbeddedMetadataStore.inMemory()));
});

describe('EmbeddedMetadataStore in a file', () => {
  let directory: string;
  let files = 0;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kafscale-embedded-'));
  });

  afterAll(() => rm(directory, { recursive: true }));

  describeEmbeddedContract(() => {
    files += 1;
    return Promise.resolve(EmbeddedMetadataStore.open(join(directory, String(files), 'metadata.sqlite'), silentLogger));
  });
});

describeWithTools(['etcd'], 'EtcdMetadataStore', () => {
  let server: EtcdServer;
  let connections: MetadataStore[] = [];
  let prefixes = 0;

  beforeAll(async () => {
    server = await startEtcd();
  }, 60_000);

  afterAll(() => server.stop());

  describeContract({
    connect() {
      const options = { endpoints: [server.endpoint], prefix: `/contract-${prefixes}/` };
      const store = new EtcdMetadataStore(options, silentLogger);
      connections.push(store);
      return Promise.resolve(store);
    },
    async endLease(lease) {
      await server.etcdctl('lease', 'revoke', BigInt(lease.id).toString(16));
    },
    async reset() {
      await Promise.all(connections.map((store) => store.close()));
      connections = [];
      prefixes += 1;
    },
  });
});

/** A process has one connection: everybody in it shares the store. */
function describeEmbeddedContract(open: () => Promise<EmbeddedMetadataStore>): void {
  let store: EmbeddedMetadataStore | undefined;

  describeContract({
    async connect() {
      store ??= await open();
      return store;
    },
    endLease() {
      store?.expireLeases();
      return Promise.resolve();
    },
    async reset() {
      await store?.close();
      store = undefined;
    },
  });
}

function describeContract(harness: MetadataStoreHarness): void {
  describeMetadataStoreContract(harness);
  describeWatchContract(harness);
}
