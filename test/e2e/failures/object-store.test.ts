import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { Fetch } from '../../../src/protocol/schema/index.js';
import { runChaos, type Disturbance } from '../../chaos/run-chaos.js';
import { describeWithTools } from '../../support/tools.js';
import { WireClient } from '../../support/wire-client.js';
import { startProxiedStores, type ProxiedStores } from './proxied-stores.js';

const PATIENCE_MS = 30_000;
const TIMEOUT_MS = 120_000;

/** An S3 server that is overloaded: every request is answered 503 SlowDown. */
async function startOverloadedServer(): Promise<Server> {
  const body = '<?xml version="1.0"?><Error><Code>SlowDown</Code><Message>Reduce your request rate</Message></Error>';
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => response.writeHead(503, { 'content-type': 'application/xml' }).end(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** How many bytes of records a partition shows from its start, to a client that does not want to wait. */
async function readStart({ broker, topic }: Disturbance): Promise<number> {
  const client = await WireClient.connect(broker.bootstrap);
  try {
    const partitions = [{ partition: 0, fetchOffset: 0, partitionMaxBytes: 1 << 20 }];
    const limits = { maxWaitMs: 0, minBytes: 1, maxBytes: 1 << 20 };
    const answer = await client.send(Fetch, 12, { ...limits, topics: [{ topic, partitions }] });
    const [partition] = answer.responses[0]!.partitions;
    expect(partition!.errorCode).toBe(ErrorCode.NONE);
    return (partition!.records ?? []).reduce((sum, { length }) => sum + length, 0);
  } finally {
    client.close();
  }
}

/** What `/health` answers, and the state that the metrics show. */
async function healthOf({ httpAddress }: Disturbance['broker']) {
  const { status } = await fetch(`http://${httpAddress}/health`);
  const metrics = await (await fetch(`http://${httpAddress}/metrics`)).text();
  const state = /^kafscale_s3_health_state\{state="(\w+)"\} 1$/m.exec(metrics)?.[1];
  return { status, state };
}

describeWithTools(['seaweedfs', 'etcd'], 'I1 I3 I8: clients at work while the object store fails', () => {
  let stores: ProxiedStores;
  let overloaded: Server;
  beforeAll(async () => {
    [stores, overloaded] = await Promise.all([startProxiedStores(), startOverloadedServer()]);
  }, 60_000);
  afterEach(() => stores.toS3.restore());
  afterAll(async () => {
    await stores.stop();
    overloaded.close();
  });

  test.each<[string, () => void]>([
    ['answers 503 SlowDown', () => stores.toS3.divertTo((overloaded.address() as AddressInfo).port)],
    ['answers nothing', () => stores.toS3.freeze()],
    ['refuses connections', () => stores.toS3.cut()],
  ])(
    'it %s: producers are told to try again, then refused; the tail stays readable, and all goes on afterwards',
    async (_what, fail) => {
      const report = await runChaos(stores.fresh(), async (disturbance) => {
        const { broker, history } = disturbance;
        await history.moreAcknowledged(20, PATIENCE_MS);
        expect(await healthOf(broker)).toEqual({ status: 200, state: 'healthy' });
        const told = [
          history.answeredWith(ErrorCode.REQUEST_TIMED_OUT, PATIENCE_MS),
          history.answeredWith(ErrorCode.NOT_ENOUGH_REPLICAS, PATIENCE_MS),
        ];
        fail();
        await Promise.all(told);
        expect(await healthOf(broker)).toEqual({ status: 503, state: 'unavailable' });
        expect(await readStart(disturbance)).toBeGreaterThan(0);
        stores.toS3.restore();
        await history.moreAcknowledged(20, PATIENCE_MS);
        expect(broker.isRunning).toBe(true);
      });
      expect(report).toMatchObject({ violations: [], kills: 1 });
      // The consumer of the run was not refused anything either.
      expect(Object.keys(report.errors)).not.toContain('KAFKA_STORAGE_ERROR');
    },
    TIMEOUT_MS,
  );
});
