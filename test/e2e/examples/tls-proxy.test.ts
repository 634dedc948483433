import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { spawnBroker, type StartingBroker } from '../../support/broker.js';
import { confluent } from '../../support/clients/programs.js';
import { recordCompatibility } from '../../support/compatibility.js';
import { startEtcd, type EtcdServer } from '../../support/etcd.js';
import { stablePorts } from '../../support/ports.js';
import { ServerProcess } from '../../support/process.js';
import { selfSigned } from '../../support/self-signed.js';
import { describeWithTools } from '../../support/tools.js';
import { exampleFile, pinnedVersion } from './example-program.js';

jest.setTimeout(180_000);

const PARTITIONS = 4;

describeWithTools(['etcd', ...confluent.tools], 'examples/tls-proxy', () => {
  let folder: string;
  let etcd: EtcdServer;
  let brokers: readonly StartingBroker[];
  let proxy: ServerProcess;
  let address: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kafscale-tls-proxy-'));
    etcd = await startEtcd();
    const outer = await stablePorts(2);
    address = `127.0.0.1:${outer[0]}`;
    brokers = await Promise.all(
      outer.map((port, number) =>
        spawnBroker({
          KAFSCALE_DATA_DIR: join(folder, 'data'),
          KAFSCALE_ALLOW_MIXED_STORES: 'true',
          KAFSCALE_ETCD_ENDPOINTS: etcd.endpoint,
          KAFSCALE_AUTO_CREATE_PARTITIONS: String(PARTITIONS),
          KAFSCALE_BROKER_ID: String(number),
          KAFSCALE_BROKER_HOST: '127.0.0.1',
          KAFSCALE_BROKER_PORT: String(port),
        }),
      ),
    );
    const { cert, key } = selfSigned();
    await Promise.all([writeFile(join(folder, 'cert.pem'), cert), writeFile(join(folder, 'key.pem'), key)]);
    const routes = outer.map((port, number) => `${port}=${brokers[number]!.bootstrap}`);
    const files = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    proxy = new ServerProcess(process.execPath, [exampleFile('tls-proxy', 'proxy.mjs'), ...files, ...routes]);
    await Promise.all(brokers.map((broker) => broker.ready(60_000)));
    await proxy.ready(() => Promise.resolve(outer.every((port) => proxy.log.includes(`${port} to `))));
  }, 120_000);
  afterAll(async () => {
    await Promise.all(brokers.map(({ process: broker }) => broker.stop()));
    await proxy.stop();
    await etcd.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('a client reaches every broker by TLS, at the addresses that they tell', async () => {
    const config = { 'security.protocol': 'SSL', 'ssl.ca.location': join(folder, 'cert.pem') };
    const partitions = Array.from({ length: PARTITIONS }, (_, partition) => partition);
    const records = partitions.map((partition) => ({ partition, key: 'key-1', value: `value-${partition}` }));
    const [, read] = await confluent.run(address, [
      { op: 'produce', topic: 'orders', codec: 'none', config, records },
      { op: 'consume', topic: 'orders', config, partitions, from: 'beginning', count: PARTITIONS },
    ]);
    expect(read!.records.map(({ partition, value }) => [partition, value]).sort()).toEqual(
      partitions.map((partition) => [partition, `value-${partition}`]),
    );
    recordCompatibility({
      client: 'confluent-kafka (Python)',
      version: pinnedVersion('python', 'confluent-kafka'),
      exercised: 'through a proxy that ends TLS, two brokers with addresses of their own',
      result: 'works',
    });
  });
});
