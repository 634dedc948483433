import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { silentLogger } from '../../src/logging/logger.js';
import { ErrorCode } from '../../src/protocol/errors.js';
import { apis, ApiVersions } from '../../src/protocol/schema/index.js';
import { Dispatcher, HandlerTable, KafkaServer } from '../../src/protocol/transport/index.js';
import { systemClock } from '../../src/time/clock.js';
import { eventually } from '../support/eventually.js';
import { reset } from '../support/reset.js';
import { WireClient } from '../support/wire-client.js';
import { requestCorpus } from './corpus.js';
import { MemoryWatch } from './memory.js';
import { mutate } from './mutate.js';
import { inputs, Random, SEED } from './random.js';

const MIB = 1024 * 1024;
const CONNECTIONS = 400;
const AT_A_TIME = 40;
const REQUESTS_EACH = 25;

const table = new HandlerTable();
for (const api of apis) {
  table.register(api, {
    handle: () =>
      api.key === ApiVersions.key ? { errorCode: ErrorCode.NONE, apiKeys: table.advertised() } : undefined,
    errorResponse: () => undefined,
  });
}
const server = new KafkaServer(
  new Dispatcher(table, systemClock, silentLogger),
  { host: '127.0.0.1', port: 0, maxConnections: 1000, maxBufferBytes: 8 * MIB, drainTimeoutMs: 1000 },
  silentLogger,
);

beforeAll(() => new Promise<void>((resolve) => server.listen(() => resolve())));
afterAll(() => server.close());

/** Sends garbage on a connection of its own, then hangs up, in one of the ways in which clients do. */
async function misbehave(random: Random, corpus: readonly Buffer[]): Promise<void> {
  const socket = connect(server.address.port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  await once(socket, 'connect');
  for (let request = 0; request < REQUESTS_EACH && socket.writable; request++) {
    const frame = mutate(random.pick(corpus), random, corpus);
    const size = Buffer.alloc(4);
    size.writeInt32BE(random.below(10) === 0 ? random.uint32() | 0 : frame.length);
    socket.write(Buffer.concat([size, frame]));
    if (random.below(3) === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  // Not `once` of node:events: an error is one way to be gone, as a server resets what it has not read.
  const gone = socket.destroyed ? Promise.resolve() : new Promise((resolve) => socket.once('close', resolve));
  if (random.below(2) === 0) reset(socket);
  else socket.end();
  await gone;
}

test(`a server that is fed garbage (seed ${SEED}) goes on serving others, and keeps nothing of it`, async () => {
  const random = new Random(SEED);
  const corpus = requestCorpus(SEED);
  const memory = new MemoryWatch();
  const client = await WireClient.connect(`127.0.0.1:${server.address.port}`);
  for (let done = 0; done < inputs(CONNECTIONS); done += AT_A_TIME) {
    const others = Array.from({ length: AT_A_TIME }, () => misbehave(random, corpus));
    const { apiKeys } = await client.send(ApiVersions, 3, { clientSoftwareName: 'good', clientSoftwareVersion: '1' });
    expect(apiKeys).toHaveLength(apis.length);
    await Promise.all(others);
    memory.look();
  }
  await eventually('the others to be gone', () => server.connectionCount === 1);
  expect(server.budget.usedBytes).toBe(0);
  expect(server.budget.waitingCount).toBe(0);
  await client.send(ApiVersions, 0, {});
  client.close();
  expect(memory.grownBytes).toBeLessThan(400 * MIB);
}, 120_000);
