import { afterEach, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { eventually } from '../../../test/support/eventually.js';
import { RawServer } from '../../../test/support/raw-server.js';
import { silentLogger } from '../../logging/logger.js';
import { KafkaServer } from './kafka-server.js';

const running: RawServer[] = [];

async function start(options: Parameters<typeof RawServer.start>[0] = {}): Promise<RawServer> {
  const started = await RawServer.start(options);
  running.push(started);
  return started;
}

afterEach(async () => {
  await Promise.all(running.splice(0).map((server) => server.stop()));
});

describe('the Kafka server', () => {
  test('reports a port that is taken, once', async () => {
    const { server, requests } = await start();
    const options = { maxConnections: 1, maxBufferBytes: 1, drainTimeoutMs: 1, host: '127.0.0.1' };
    const second = new KafkaServer(requests, { ...options, port: server.address.port }, silentLogger);
    const outcomes: unknown[] = [];
    second.listen((error) => outcomes.push(error));
    await eventually('an outcome', () => outcomes.length > 0);
    expect(outcomes).toEqual([expect.objectContaining({ code: 'EADDRINUSE' })]);
    expect(() => second.address).toThrow('not listening');
    await second.close();
  });

  test('turns connections beyond its bound away', async () => {
    const started = await start({ maxConnections: 1 });
    const first = await started.connect();
    const second = connect(started.server.address.port, '127.0.0.1');
    await once(second.resume(), 'close');
    expect(started.server.connectionCount).toBe(1);
    first.send('served');
    await started.requests.accepted('served');
  });

  test('is given to Nest as the net.Server', async () => {
    const { server } = await start();
    expect(server.unwrap()).toHaveProperty('listening', true);
  });
});

describe('a stopping server', () => {
  test('answers what it has accepted, and reads nothing more', async () => {
    const started = await start();
    const { server, requests } = started;
    const [busy, idle] = [await started.connect(), await started.connect()];
    busy.send('one', 'two');
    const [one, two] = [await requests.accepted('one'), await requests.accepted('two')];
    let stopped = false;
    const stopping = server.close().then(() => (stopped = true));
    await idle.frames.closed();
    busy.send('too late');
    await busy.received();
    expect(stopped).toBe(false);
    two.answer('2');
    one.answer('1');
    expect([await busy.next(), await busy.next()]).toEqual(['1', '2']);
    await busy.frames.closed();
    await stopping;
    expect(requests.texts).toEqual(['one', 'two']);
    await expect(started.connect()).rejects.toThrow();
  });

  test('resets a connection on which nothing was asked yet, and ends others in an orderly way', async () => {
    const started = await start();
    const { server, requests } = started;
    const [fresh, used] = [await started.connect(), await started.connect()];
    used.send('one');
    (await requests.accepted('one')).answer('1');
    expect(await used.next()).toBe('1');
    const ends: string[] = [];
    fresh.socket.on('error', (error: NodeJS.ErrnoException) => ends.push(`fresh: ${error.code}`));
    used.socket.on('error', (error: NodeJS.ErrnoException) => ends.push(`used: ${error.code}`));
    await server.close();
    await Promise.all([fresh.frames.closed(), used.frames.closed()]);
    expect(ends).toEqual(['fresh: ECONNRESET']);
  });

  test('ends long polls at once', async () => {
    const started = await start();
    const client = await started.connect();
    client.send('poll');
    const poll = await started.requests.accepted('poll');
    poll.connection.shutdown.addEventListener('abort', () => poll.answer('nothing'));
    await started.server.close();
    expect(await client.next()).toBe('nothing');
  });

  test('sends a large response completely', async () => {
    const started = await start();
    const client = await started.connect();
    client.send('large');
    const request = await started.requests.accepted('large');
    const stopping = started.server.close();
    request.answer(Buffer.alloc(4 << 20));
    await stopping;
    expect((await client.frames.next('large')).length).toBe(4 << 20);
  });

  test('hangs up when the time to answer is over', async () => {
    const started = await start({ drainTimeoutMs: 5_000 });
    const client = await started.connect();
    client.send('never answered');
    const request = await started.requests.accepted('never answered');
    const stopping = started.server.close();
    await started.clock.advance(4_999);
    expect(started.server.connectionCount).toBe(1);
    await started.clock.advance(1);
    await stopping;
    await client.frames.closed();
    expect(request.connection.closed.aborted).toBe(true);
  });

  test('does not wait for clients that leave their side open', async () => {
    const started = await start({ connection: { lingerMs: 2_000 }, drainTimeoutMs: 60_000 });
    const client = await started.connect();
    client.socket.pause();
    client.socket.removeAllListeners('end');
    const stopping = started.server.close();
    await started.clock.until(stopping, 10_000);
  });

  test('may be told to stop twice', async () => {
    const { server } = await start();
    await Promise.all([server.close(), server.close()]);
    await server.close();
  });
});
