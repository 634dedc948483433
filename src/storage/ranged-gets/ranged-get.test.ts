import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { selfSigned } from '../../../test/support/self-signed.js';
import { S3ObjectStore } from '../s3-object-store.js';

/** What is particular to GETs that are read by connections of our own; what all requests have in common is elsewhere. */

const OBJECT = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => i * 31 + (i >> 8)));
const CREDENTIALS = { accessKeyId: 'key', secretAccessKey: 'secret' };

let server: Server;
let store: S3ObjectStore;
let connections: Set<Socket>;
let gets: number;
/** Answers a GET of a range, or leaves that to the usual answer. */
let scripted: RequestListener | undefined;

const answer: RequestListener = (request, response) => {
  const [, start, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
  if (last === undefined) {
    response.end('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>');
    return;
  }
  gets += 1;
  if (scripted !== undefined) {
    scripted(request, response);
    return;
  }
  const bytes = OBJECT.subarray(Number(start), Number(last) + 1);
  const range = `bytes ${start}-${Number(start) + bytes.length - 1}/${OBJECT.length}`;
  response.writeHead(206, { 'content-length': String(bytes.length), 'content-range': range }).end(bytes);
};

async function listen(made: Server, scheme: string, options: object = {}): Promise<void> {
  server = made.on('connection', (socket: Socket) => connections.add(socket)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
  store = new S3ObjectStore({ bucket: 'bucket', endpoint, credentials: CREDENTIALS, ...options });
  await store.check();
  connections.clear();
}

beforeEach(() => {
  connections = new Set();
  gets = 0;
  scripted = undefined;
});

afterEach(async () => {
  await store.close();
  server.closeAllConnections();
  server.close();
});

const read = (start: number, length: number, signal?: AbortSignal) =>
  store.read('a key/with (odd) characters', { start, length }, signal && { signal });
const rightBytes = async (start: number, length: number) => {
  expect((await read(start, length)).equals(OBJECT.subarray(start, start + length))).toBe(true);
};

describe('over TCP', () => {
  beforeEach(() => listen(createServer(answer), 'http', { concurrency: 2 }));

  test('large and small ranges arrive whole, in memory of their own', async () => {
    for (const [start, length] of [
      [0, OBJECT.length],
      [5, 1],
      [100, 16_384],
      [1, 2_000_000],
    ] as const) {
      await rightBytes(start, length);
    }
    const [first, second] = [await read(0, 100), await read(100, 100)];
    expect(first.buffer.byteLength).toBe(100);
    expect(second.buffer).not.toBe(first.buffer);
    expect(connections.size).toBe(1);
  });

  test('many at once share no more connections than allowed, and get each its own', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, i) => rightBytes(i * 1000, 50_000 + i)));
    expect(connections.size).toBe(2);
  });

  test('an abort ends its request alone, also of one that waits for a connection', async () => {
    scripted = () => undefined;
    const aborts = Array.from({ length: 3 }, () => new AbortController());
    const reads = aborts.map(({ signal }) => read(0, 10, signal));
    const reason = new Error('no longer wanted');
    for (const [i, abort] of aborts.entries()) {
      abort.abort(reason);
      await expect(reads[i]).rejects.toBe(reason);
    }
    scripted = undefined;
    await Promise.all([rightBytes(0, 1000), rightBytes(1000, 1000), rightBytes(2000, 1000)]);
  });

  test('a connection that the server has closed meanwhile is not used again', async () => {
    await rightBytes(0, 1000);
    const [socket] = [...connections];
    await once((socket as Socket).end(), 'close');
    await rightBytes(1000, 1000);
    expect(connections.size).toBe(2);
  });

  test('what was not asked for ends the connection, and is no answer to the next request', async () => {
    scripted = (_request, response) => {
      response.socket?.write(
        'HTTP/1.1 206 x\r\nContent-Length: 1\r\nContent-Range: bytes 0-0/9\r\n\r\n1' +
          'HTTP/1.1 206 x\r\nContent-Length: 1\r\nContent-Range: bytes 1-1/9\r\n\r\n2',
      );
    };
    await expect(read(0, 1)).rejects.toThrow('cannot read');
    scripted = undefined;
    await rightBytes(1, 1);
  });

  test('a request is sent once, whatever happens', async () => {
    scripted = (_request, response) => void response.socket?.destroy();
    await expect(read(0, 1)).rejects.toThrow('cannot read');
    scripted = (_request, response) => void response.writeHead(503).end('<Error><Code>SlowDown</Code></Error>');
    await expect(read(0, 1)).rejects.toMatchObject({ slowDown: true });
    expect(gets).toBe(2);
  });

  test('close ends what is on its way', async () => {
    const asked = new Promise<void>((resolve) => (scripted = () => resolve()));
    const outcome = expect(read(0, 1)).rejects.toThrow('cannot read');
    await asked;
    await store.close();
    await outcome;
  });
});

test('over TLS, with a CA of its own', async () => {
  const certificate = selfSigned();
  await listen(createTlsServer(certificate, answer), 'https', { caCertificates: certificate.cert });
  await Promise.all([rightBytes(0, OBJECT.length), rightBytes(7, 100), rightBytes(8, 20_000)]);
});
