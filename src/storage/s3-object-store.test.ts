import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { crc32c } from '../checksum/crc32c.js';
import {
  ObjectAccessError,
  ObjectCorruptError,
  ObjectExistsError,
  ObjectNotFoundError,
  ObjectStoreError,
} from './object-store.js';
import type { S3Options } from './s3-client.js';
import { S3ObjectStore } from './s3-object-store.js';

/**
 * What a real server can't be made to do: the answers here are scripted. How a real one behaves is in the contract
 * suite.
 */
type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

const EMPTY_LISTING = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>';
const CREDENTIALS = { accessKeyId: 'key', secretAccessKey: 'secret' };

let server: Server;
let requests: { method: string; url: string; headers: IncomingMessage['headers']; body: Buffer }[];
let answer: Answer;
let store: S3ObjectStore;

const open = (options: Partial<S3Options> = {}) => {
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return new S3ObjectStore({ bucket: 'bucket', endpoint, credentials: CREDENTIALS, ...options });
};

const fail = (status: number, code: string): Answer => {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/xml' });
    response.end(`<Error><Code>${code}</Code><Message>said the server</Message></Error>`);
  };
};

beforeEach(async () => {
  requests = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      requests.push({ method: request.method!, url: request.url!, headers: request.headers, body });
      if (/[?&]max-keys=1(&|$)/.test(request.url!)) response.end(EMPTY_LISTING);
      else answer(request, response, body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  store = open();
  await store.check();
  requests = [];
});

afterEach(async () => {
  await store.close();
  server.closeAllConnections();
  server.close();
});

const BODY = Buffer.from('123456789');
const create = (target = store) => target.create('k', [BODY], { crc32c: crc32c(BODY) });

describe('requests', () => {
  beforeEach(() => {
    answer = (_request, response) => response.end();
  });

  test('a create is one conditional PUT with our checksum, not hashed again', async () => {
    await create();
    expect(requests).toHaveLength(1);
    const { method, url, headers, body } = requests[0]!;
    expect(`${method} ${url}`).toBe('PUT /bucket/k?x-id=PutObject');
    expect(body).toEqual(BODY);
    expect(headers).toMatchObject({
      'if-none-match': '*',
      'content-length': '9',
      'x-amz-checksum-crc32c': '4waSgw==',
      'x-amz-content-sha256': 'UNSIGNED-PAYLOAD',
    });
    expect(headers['transfer-encoding']).toBeUndefined();
    expect(headers['x-amz-server-side-encryption']).toBeUndefined();
    expect(headers.authorization).toMatch(/SignedHeaders=[^,]*x-amz-checksum-crc32c/);
  });

  test('a large body is streamed with its length', async () => {
    const pieces = Array.from({ length: 30 }, (_, i) => Buffer.alloc(100_000, i));
    await store.create('k', pieces, { crc32c: crc32c(Buffer.concat(pieces)) });
    expect(requests[0]!.headers['content-length']).toBe('3000000');
    expect(requests[0]!.headers['transfer-encoding']).toBeUndefined();
    expect(requests[0]!.body.equals(Buffer.concat(pieces))).toBe(true);
  });

  test('a KMS key and a session token are passed on', async () => {
    const arn = 'arn:aws:kms:eu-central-1:111122223333:key/k';
    const other = open({ kmsKeyArn: arn, credentials: { ...CREDENTIALS, sessionToken: 'session' } });
    await create(other);
    await other.close();
    expect(requests.at(-1)!.headers).toMatchObject({
      'x-amz-server-side-encryption': 'aws:kms',
      'x-amz-server-side-encryption-aws-kms-key-id': arn,
      'x-amz-security-token': 'session',
    });
  });

  test('the check looks under the namespace only', async () => {
    const other = open({ namespace: 'cluster-a' });
    await other.check();
    await other.close();
    expect(requests[0]!.url).toContain('prefix=cluster-a%2F');
  });

  test('no more connections than allowed are open at once', async () => {
    let busy = 0;
    let most = 0;
    answer = (_request, response) => {
      most = Math.max(most, ++busy);
      setTimeout(() => {
        busy -= 1;
        response.end();
      }, 5);
    };
    const other = open({ concurrency: 3 });
    await other.check();
    await Promise.all(Array.from({ length: 20 }, () => create(other)));
    await other.close();
    expect(most).toBe(3);
  });

  test('without path style the bucket is part of the host name', async () => {
    const other = open({ endpoint: 'http://s3.invalid', pathStyle: false });
    const error: unknown = await other.check().catch((reason: unknown) => reason);
    expect(String((error as Error).cause)).toContain('bucket.s3.invalid');
    await other.close();
  });

  test('keys are deleted a thousand at a time', async () => {
    answer = (_request, response) => response.end('<DeleteResult/>');
    await store.delete(Array.from({ length: 2_500 }, (_, i) => `k${i}`));
    expect(requests.map(({ body }) => body.toString().split('<Key>').length - 1)).toEqual([1000, 1000, 500]);
    expect(requests[0]!.headers['content-md5'] ?? requests[0]!.headers['x-amz-checksum-crc32']).toBeDefined();
  });
});

describe('failures', () => {
  test.each([
    [412, 'PreconditionFailed', ObjectExistsError, 'object exists already: k', false],
    [409, 'ConditionalRequestConflict', ObjectStoreError, 'another request for the same key was under way', false],
    [400, 'BadDigest', ObjectCorruptError, 'do not have the announced checksum', false],
    [503, 'SlowDown', ObjectStoreError, 'HTTP 503 SlowDown: said the server', true],
    [503, 'ServiceUnavailable', ObjectStoreError, 'HTTP 503', true],
    [429, 'TooManyRequests', ObjectStoreError, 'HTTP 429', true],
    [500, 'InternalError', ObjectStoreError, 'HTTP 500 InternalError: said the server', false],
    [404, 'NoSuchBucket', ObjectStoreError, 'the bucket does not exist; create it first', false],
    [403, 'AccessDenied', ObjectAccessError, 'access denied', false],
    [403, 'ExpiredToken', ObjectStoreError, 'the session token has expired', false],
    [301, 'PermanentRedirect', ObjectStoreError, 'the bucket is in another region', false],
  ])('a create answered with %p %s', async (status, code, type, message, slowDown) => {
    answer = fail(status, code);
    const error: unknown = await create().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(type);
    expect((error as ObjectStoreError).constructor).toBe(type);
    expect((error as ObjectStoreError).message).toContain(message);
    expect((error as ObjectStoreError).slowDown).toBe(slowDown);
    expect(requests).toHaveLength(1);
  });

  test('something that is no S3 answers', async () => {
    answer = (_request, response) => {
      response.writeHead(502, { 'content-type': 'text/html' });
      response.end('<html><h1>Bad Gateway</h1>');
    };
    await expect(create()).rejects.toThrow(ObjectStoreError);
    await expect(create()).rejects.toThrow(/cannot create "k" in bucket "bucket" at http:.*HTTP 502/);
  });

  test('a request that is never answered ends at its deadline, a connection too', async () => {
    answer = () => undefined;
    const impatient = open({ requestTimeoutMs: 150 });
    await impatient.check();
    await expect(create(impatient)).rejects.toThrow('no answer within 150 ms');
    await expect(impatient.read('k', { start: 0, length: 1 })).rejects.toThrow('no answer within 150 ms');
    await impatient.close();
  });

  test('a body that stops coming ends at the deadline', async () => {
    answer = (_request, response) => {
      response.writeHead(206, { 'content-length': '9', 'content-range': 'bytes 0-8/9' });
      response.write('1234');
    };
    const impatient = open({ requestTimeoutMs: 150 });
    await impatient.check();
    await expect(impatient.read('k', { start: 0, length: 9 })).rejects.toThrow('no answer within 150 ms');
    await impatient.close();
  });

  test('an endpoint that cannot be reached is named', async () => {
    const nowhere = open({ endpoint: 'http://127.0.0.1:1' });
    await expect(nowhere.check()).rejects.toThrow(/^cannot use bucket "bucket" at http:\/\/127\.0\.0\.1:1: .*refused/i);
    await expect(create(nowhere)).rejects.toThrow(ObjectStoreError);
    await nowhere.close();
  });

  test('an abort on the way ends the call with its reason', async () => {
    const controller = new AbortController();
    const reason = new Error('no longer wanted');
    answer = () => controller.abort(reason);
    await expect(store.read('k', { start: 0, length: 1 }, { signal: controller.signal })).rejects.toBe(reason);
  });

  test('one key that could not be deleted fails the call, one that was not there does not', async () => {
    const result = (code: string) => `<DeleteResult><Error><Key>k</Key><Code>${code}</Code></Error></DeleteResult>`;
    answer = (_request, response) => response.end(result('NoSuchKey'));
    await store.delete(['k']);
    answer = (_request, response) => response.end(result('SlowDown'));
    await expect(store.delete(['k'])).rejects.toMatchObject({ slowDown: true });
  });

  test('a listing that claims a next page without telling where is an error, not an endless loop', async () => {
    answer = (_request, response) =>
      response.end('<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>');
    await expect(store.list('')[Symbol.asyncIterator]().next()).rejects.toThrow('without a token');
  });

  test('a missing object is told from a missing bucket, also where the answer has no body', async () => {
    answer = (_request, response) => response.writeHead(404).end();
    await expect(store.head('k')).rejects.toThrow(ObjectNotFoundError);
    answer = fail(404, 'NoSuchKey');
    await expect(store.read('k', { start: 0, length: 1 })).rejects.toThrow(ObjectNotFoundError);
    answer = fail(404, 'NoSuchBucket');
    await expect(store.read('k', { start: 0, length: 1 })).rejects.toThrow('the bucket does not exist');
  });
});

describe('downloads', () => {
  const ranged = (range: string, body: string, length = body.length): Answer => {
    return (_request, response) => {
      response.writeHead(206, { 'content-length': String(length), 'content-range': `bytes ${range}` });
      response.write(body);
      if (length === body.length) response.end();
      else setTimeout(() => response.destroy(), 20);
    };
  };
  const read = (start: number, length: number) => store.read('k', { start, length });

  test('exactly the bytes asked for arrive', async () => {
    answer = ranged('2-4/9', '345');
    expect((await read(2, 3)).toString()).toBe('345');
    expect(requests[0]!.headers.range).toBe('bytes=2-4');
  });

  test.each([
    ['a connection that breaks', ranged('0-8/9', '1234', 9), 'cannot read "k"'],
    ['too short a range', ranged('0-3/9', '1234'), 'asked for bytes=0-8, the server sent 0-3 of 9'],
    ['another range', ranged('1-9/10', '234567890'), 'the server sent 1-9 of 10'],
    ['fewer bytes than the range', ranged('0-8/9', '1234'), 'the body was cut short: 4 of 9 bytes came'],
    ['more bytes than the range', ranged('0-8/9', '1234567890'), 'the server sent more than 9 bytes'],
    ['nonsense', ranged('0-8/*', '123456789'), 'Content-Range "bytes 0-8/*"'],
  ])('%s is an error', async (_what, scripted, message) => {
    answer = scripted;
    const reading = read(0, 9);
    await expect(reading).rejects.toThrow(ObjectStoreError);
    await expect(reading).rejects.toThrow(message);
  });

  test('a server that ignores ranges is believed only when the whole object was wanted', async () => {
    answer = (_request, response) => response.end(BODY);
    expect((await read(0, 9)).toString()).toBe('123456789');
    expect((await read(0, 100)).toString()).toBe('123456789');
    await expect(read(0, 8)).rejects.toThrow('asked for bytes=0-7, the server sent 0-8 of 9');
    await expect(read(1, 8)).rejects.toThrow(ObjectStoreError);
    await expect(store.readEnd('k', 3)).rejects.toThrow(ObjectStoreError);
  });

  test('the connection is usable after a refused answer', async () => {
    const narrow = open({ concurrency: 1 });
    await narrow.check();
    for (let i = 0; i < 3; i += 1) {
      answer = (_request, response) => response.end(Buffer.alloc(1_000_000));
      await expect(narrow.read('k', { start: 5, length: 10 })).rejects.toThrow(ObjectStoreError);
    }
    answer = ranged('2-4/9', '345');
    expect((await narrow.read('k', { start: 2, length: 3 })).toString()).toBe('345');
    await narrow.close();
  });

  const headed = (headers: Record<string, string>): Answer => {
    return (request, response) => {
      if (request.method === 'HEAD') response.writeHead(200, { 'content-length': '9', ...headers }).end();
      else response.end(BODY);
    };
  };

  test("head gives the server's checksum", async () => {
    answer = headed({ 'x-amz-checksum-crc32c': '4waSgw==', 'x-amz-checksum-type': 'FULL_OBJECT' });
    expect(await store.head('k')).toMatchObject({ sizeBytes: 9, crc32c: 0xe3069283 });
    expect(requests.map(({ method }) => method)).toEqual(['HEAD']);
    expect(requests[0]!.headers['x-amz-checksum-mode']).toBe('ENABLED');
  });

  test.each([[{}], [{ 'x-amz-checksum-crc32c': 'AAAAAA==-2', 'x-amz-checksum-type': 'COMPOSITE' }]])(
    'head reads the object where the server has no checksum of it: %j',
    async (headers: Record<string, string>) => {
      answer = headed(headers);
      expect(await store.head('k')).toMatchObject({ sizeBytes: 9, crc32c: 0xe3069283 });
      expect(requests.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
    },
  );
});
