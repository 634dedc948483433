import { afterEach, describe, expect, test } from '@jest/globals';
import { eventually } from '../../../test/support/eventually.js';
import { frame, RawServer } from '../../../test/support/raw-server.js';
import { CloseConnection } from './close-connection.js';
import type { KafkaServerOptions } from './kafka-server.js';

let running: RawServer | undefined;

async function start(options: Partial<KafkaServerOptions> = {}): Promise<RawServer> {
  running = await RawServer.start(options);
  return running;
}

afterEach(async () => {
  await running?.stop();
  running = undefined;
});

const KIB = 1024;

describe('requests of one connection', () => {
  test('are handled as they come and answered in order, whichever is ready first', async () => {
    const { requests, connect } = await startBound();
    const client = await connect();
    client.send('one', 'two', 'three');
    const [one, two, three] = [
      await requests.accepted('one'),
      await requests.accepted('two'),
      await requests.accepted('three'),
    ];
    three.answer('3');
    two.answer('2');
    one.answer('1');
    expect([await client.next(), await client.next(), await client.next()]).toEqual(['1', '2', '3']);
  });

  test('may arrive a byte at a time', async () => {
    const { requests, connect } = await startBound();
    const client = await connect();
    for (const byte of frame('slow')) client.write(Buffer.from([byte]));
    (await requests.accepted('slow')).answer('ok');
    expect(await client.next()).toBe('ok');
  });

  test('that have no response leave no trace in the stream', async () => {
    const { server, requests, connect } = await startBound();
    const client = await connect();
    client.send('fire and forget', 'asked');
    (await requests.accepted('asked')).answer('answered');
    (await requests.accepted('fire and forget')).endWithoutResponse();
    expect(await client.next()).toBe('answered');
    expect(server.budget.usedBytes).toBe(0);
  });

  test('are not handled beyond the number allowed in flight', async () => {
    const { requests, connect } = await startBound({ connection: { maxInFlightRequests: 2 } });
    const client = await connect();
    client.send('one', 'two', 'three', 'four');
    await client.received();
    expect(requests.texts).toEqual(['one', 'two']);
    (await requests.accepted('two')).answer('2');
    await client.received();
    expect(requests.texts).toEqual(['one', 'two']);
    (await requests.accepted('one')).answer('1');
    await requests.accepted('four');
    expect(requests.texts).toEqual(['one', 'two', 'three', 'four']);
  });

  test('are not handled beyond the bytes allowed in flight, except alone', async () => {
    const { requests, connect } = await startBound({ connection: { maxInFlightBytes: 10 } });
    const client = await connect();
    const large = 'x'.repeat(50);
    client.send('12345', '67890', '!', large);
    await client.received();
    expect(requests.texts).toEqual(['12345', '67890']);
    (await requests.accepted('12345')).answer('');
    (await requests.accepted('67890')).answer('');
    (await requests.accepted('!')).answer('');
    await requests.accepted(large);
  });
});

describe('the budget of bytes in flight', () => {
  test('stops a connection before it reads a body, and lets it go on when bytes are back', async () => {
    const { server, requests, connect } = await startBound({ maxBufferBytes: 50 * KIB });
    const [first, second] = [await connect(), await connect()];
    const large = 'x'.repeat(40 * KIB);
    first.send(large);
    const held = await requests.accepted(large);
    second.send(large.replaceAll('x', 'y'));
    await eventually('the second to wait', () => server.budget.waitingCount === 1);
    expect(server.budget.usedBytes).toBe(40 * KIB);
    held.answer('done');
    expect(await first.next()).toBe('done');
    (await requests.accepted(large.replaceAll('x', 'y'))).answer('done too');
    expect(await second.next()).toBe('done too');
    await eventually('all bytes to be back', () => server.budget.usedBytes === 0);
  });

  test("never holds up a consumer's small request behind producers", async () => {
    const { server, requests, connect } = await startBound({ maxBufferBytes: 20 * KIB });
    const [producer, another, consumer] = [await connect(), await connect(), await connect()];
    producer.send('x'.repeat(20 * KIB));
    another.send('y'.repeat(20 * KIB));
    await eventually('the budget to be used up', () => server.budget.waitingCount === 1);
    consumer.send('fetch');
    (await requests.accepted('fetch')).answer('records');
    expect(await consumer.next()).toBe('records');
  });

  test('admits a request larger than all of it', async () => {
    const { requests, connect } = await startBound({ maxBufferBytes: KIB });
    const client = await connect();
    const large = 'x'.repeat(100 * KIB);
    client.send(large);
    (await requests.accepted(large)).answer('ok');
    expect(await client.next()).toBe('ok');
  });

  test('gets back what a lost connection waited for, or had half read', async () => {
    const { server, requests, connect } = await startBound({ maxBufferBytes: 20 * KIB });
    const [half, waiting, next] = [await connect(), await connect(), await connect()];
    const large = 'x'.repeat(20 * KIB);
    half.write(frame(large).subarray(0, 100));
    await eventually('the first to be read', () => server.budget.usedBytes === 20 * KIB);
    waiting.send(large);
    await eventually('the second to wait', () => server.budget.waitingCount === 1);
    next.send(large.replaceAll('x', 'z'));
    await eventually('the third to wait', () => server.budget.waitingCount === 2);
    waiting.peer.destroy();
    half.socket.destroy();
    await requests.accepted(large.replaceAll('x', 'z'));
    expect(requests.texts).toHaveLength(1);
  });

  test('keeps the bytes of a request that is still handled when its client is gone', async () => {
    const { server, requests, connect } = await startBound();
    const client = await connect();
    client.send('x'.repeat(20 * KIB));
    await eventually('the request', () => requests.all.length === 1);
    client.socket.destroy();
    await eventually('the connection to be gone', () => server.connectionCount === 0);
    expect(requests.all[0]?.connection.closed.aborted).toBe(true);
    expect(server.budget.usedBytes).toBe(20 * KIB);
    requests.all[0]?.answer('to nobody');
    await eventually('the bytes to be back', () => server.budget.usedBytes === 0);
  });
});

describe('a connection is ended', () => {
  test.each([
    ['negative', 'ffffffff'],
    ['2 GiB', '7fffffff'],
    ['over the limit', '06400001'],
  ])('when a frame is %s, and nothing is allocated for it', async (_name, size) => {
    const { server, connect } = await startBound();
    const client = await connect();
    client.write(Buffer.from(size, 'hex'));
    await client.frames.closed();
    expect(server.budget.usedBytes).toBe(0);
  });

  test('when a request has no answer, after the requests before it and before those behind', async () => {
    const { server, requests, connect } = await startBound();
    const client = await connect();
    client.send('one', 'two', 'three');
    await requests.accepted('three');
    (await requests.accepted('three')).answer('3');
    (await requests.accepted('two')).fail(new CloseConnection('no answer to this'));
    await eventually('the others to be told', () => requests.all[0]?.connection.closed.aborted === true);
    client.send('four');
    (await requests.accepted('one')).answer('1');
    expect(await client.next()).toBe('1');
    await client.frames.closed();
    expect(requests.texts).toEqual(['one', 'two', 'three']);
    expect(server.budget.usedBytes).toBe(0);
  });

  test('when a handler throws at once', async () => {
    const { requests, connect } = await startBound();
    const client = await connect();
    requests.onFrame = () => {
      throw new Error('unexpected');
    };
    client.send('bad', 'never read');
    await client.frames.closed();
  });

  test('when it is idle, but not while it waits for an answer', async () => {
    const { clock, requests, connect } = await startBound({ connection: { idleTimeoutMs: 60_000 } });
    const [idle, waiting] = [await connect(), await connect()];
    waiting.send('long poll');
    const poll = await requests.accepted('long poll');
    await clock.advance(59_000);
    idle.send('still here');
    (await requests.accepted('still here')).answer('yes');
    expect(await idle.next()).toBe('yes');
    await clock.advance(59_000);
    expect(idle.peer.destroyed).toBe(false);
    await clock.advance(2_000);
    await idle.frames.closed();
    expect(waiting.peer.destroyed).toBe(false);
    poll.answer('done');
    expect(await waiting.next()).toBe('done');
  });

  test('when a request does not arrive in time, even if it trickles', async () => {
    const { server, clock, connect } = await startBound({ connection: { frameTimeoutMs: 5_000 } });
    const client = await connect();
    const request = frame('never complete');
    client.write(request.subarray(0, 6));
    await client.received();
    await clock.advance(3_000);
    client.write(request.subarray(6, 8));
    await client.received();
    expect(server.budget.usedBytes).toBe(14);
    await clock.advance(3_000);
    await client.frames.closed();
    expect(server.budget.usedBytes).toBe(0);
  });
});

describe('a client that does not take in its responses', () => {
  const huge = Buffer.alloc(32 * KIB * KIB);

  test('gets no more requests handled until it does', async () => {
    const { requests, connect } = await startBound();
    const client = await connect();
    client.socket.pause();
    client.send('huge');
    (await requests.accepted('huge')).answer(huge);
    await eventually('the response to get stuck', () => client.peer.writableNeedDrain);
    client.send('more');
    await client.received();
    expect(requests.texts).toEqual(['huge']);
    let bytes = 0;
    client.socket.removeAllListeners('data').on('data', (chunk) => (bytes += chunk.length));
    client.socket.resume();
    await requests.accepted('more');
    await eventually('all of the response', () => bytes === 4 + huge.length);
  });

  test('is hung up on in the end', async () => {
    const { server, clock, requests, connect } = await startBound({ connection: { writeTimeoutMs: 30_000 } });
    const client = await connect();
    client.socket.pause();
    client.send('huge');
    (await requests.accepted('huge')).answer(huge);
    await eventually('the response to get stuck', () => client.peer.writableNeedDrain);
    await clock.advance(29_000);
    expect(server.connectionCount).toBe(1);
    await clock.advance(2_000);
    await eventually('the connection to be gone', () => server.connectionCount === 0);
  });
});

test('a throttled client gets its response at once, and its next request handled after the delay (KIP-219)', async () => {
  const { clock, requests, connect } = await startBound();
  const client = await connect();
  client.send('one');
  (await requests.accepted('one')).answer('slow down', 5_000);
  expect(await client.next()).toBe('slow down');
  client.send('two');
  await client.received();
  await clock.advance(4_999);
  expect(requests.texts).toEqual(['one']);
  await clock.advance(1);
  await requests.accepted('two');
});

/** A running server in pieces that can be used without it. */
async function startBound(options?: Partial<KafkaServerOptions>) {
  const started = await start(options);
  const { server, requests, clock } = started;
  return { server, requests, clock, connect: () => started.connect() };
}
