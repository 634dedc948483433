import { describe, expect, test } from '@jest/globals';
import { rawRequest } from '../../../test/support/wire-client.js';
import type { LogFields, Logger } from '../../logging/logger.js';
import { systemClock } from '../../time/clock.js';
import { type Api, decodeResponse, encodeRequest, type RequestInput, type ResponseInput } from '../codec/index.js';
import { ErrorCode, KafkaError } from '../errors.js';
import { ApiKey, ApiVersions, Metadata, Produce } from '../schema/index.js';
import { CloseConnection } from './close-connection.js';
import { Dispatcher } from './dispatcher.js';
import type { Answer, ClientConnection } from './frame-handler.js';
import { HandlerTable } from './handler-table.js';
import type { HandlerResult } from './handler.js';
import type { RequestContext } from './request-context.js';

const connection: ClientConnection = {
  id: 7,
  clientHost: '192.0.2.1',
  clientPort: 50000,
  localAddress: '192.0.2.2',
  localPort: 9092,
  closed: new AbortController().signal,
  shutdown: new AbortController().signal,
};

/** A handler of ApiVersions that does what the test says. */
class Scripted {
  readonly contexts: RequestContext[] = [];

  constructor(
    readonly respond: () => HandlerResult<typeof ApiVersions> | Promise<HandlerResult<typeof ApiVersions>>,
    readonly explain: (code: ErrorCode, message: string) => HandlerResult<typeof ApiVersions> = (errorCode) => ({
      errorCode,
      apiKeys: [],
    }),
  ) {}

  handle(_request: object, context: RequestContext) {
    this.contexts.push(context);
    return this.respond();
  }

  errorResponse(_request: object, code: ErrorCode, message: string) {
    return this.explain(code, message);
  }
}

class RecordingLogger implements Logger {
  readonly lines: { level: string; fields: LogFields }[] = [];
  debug = this.at('debug');
  info = this.at('info');
  warn = this.at('warn');
  error = this.at('error');

  private at(level: string) {
    return (fields: LogFields) => void this.lines.push({ level, fields });
  }

  get errors(): unknown[] {
    return this.lines.filter(({ level }) => level === 'error').map(({ fields }) => fields.err);
  }
}

function dispatcherOf(handler: Scripted, logger: Logger = new RecordingLogger()): Dispatcher {
  const table = new HandlerTable();
  table.register(ApiVersions, handler);
  return new Dispatcher(table, systemClock, logger);
}

function requestFrame<A extends Api>(api: A, version: number, body: RequestInput<A>, clientId: string | null = 'me') {
  return Buffer.concat(encodeRequest(api, version, 99, clientId, body)).subarray(4);
}

const request = (version = 3) =>
  requestFrame(ApiVersions, version, { clientSoftwareName: 'test', clientSoftwareVersion: '1' });

const ok: ResponseInput<typeof ApiVersions> = { errorCode: 0, apiKeys: [] };

function decoded(answer: Answer | undefined, version = 3) {
  if (answer === undefined) throw new Error('no answer');
  return decodeResponse(ApiVersions, version, Buffer.concat(answer.chunks).subarray(4));
}

describe('a request', () => {
  test('goes to the handler of its API with what is known about it', async () => {
    const handler = new Scripted(() => ok);
    const answer = await dispatcherOf(handler).handleFrame(request(), connection);
    expect(decoded(answer)).toMatchObject({ correlationId: 99, body: { errorCode: 0 } });
    expect(handler.contexts).toEqual([
      expect.objectContaining({
        apiKey: ApiKey.ApiVersions,
        apiVersion: 3,
        correlationId: 99,
        clientId: 'me',
        clientHost: '192.0.2.1',
        localPort: 9092,
        connectionId: 7,
        closed: connection.closed,
        requestBytes: request().length,
      }),
    ]);
  });

  test('may come without a client id', () => {
    const handler = new Scripted(() => ok);
    void dispatcherOf(handler).handleFrame(requestFrame(ApiVersions, 0, {}, null), connection);
    expect(handler.contexts[0]?.clientId).toBeNull();
  });

  test('is answered at once by a handler that needs not wait', () => {
    expect(dispatcherOf(new Scripted(() => ok)).handleFrame(request(), connection)).not.toBeInstanceOf(Promise);
  });

  test('may have no response', async () => {
    const dispatcher = dispatcherOf(new Scripted(() => Promise.resolve(undefined)));
    expect(await dispatcher.handleFrame(request(), connection)).toBeUndefined();
  });

  test('carries the throttle time of its response to the connection', async () => {
    const dispatcher = dispatcherOf(new Scripted(() => ({ ...ok, throttleTimeMs: 250 })));
    expect((await dispatcher.handleFrame(request(), connection))?.throttleMs).toBe(250);
  });
});

describe('a request that cannot be answered closes the connection:', () => {
  const dispatcher = dispatcherOf(new Scripted(() => ok));
  const body = (apiKey: number, apiVersion: number, bytes?: Buffer) =>
    rawRequest({ apiKey, apiVersion, correlationId: 1, ...(bytes && { body: bytes }) }).subarray(4);

  test.each<[string, Buffer]>([
    ['an unknown API', body(9999, 0)],
    ['an API that is declared but has no handler', body(Metadata.key, 1)],
    ['no header', Buffer.alloc(0)],
    ['half a header', Buffer.from([0, 18, 0])],
    ['a body that is cut off', request().subarray(0, -2)],
  ])('%s', (_name, frame) => {
    expect(() => dispatcher.handleFrame(frame, connection)).toThrow(CloseConnection);
  });

  test('Produce v2, although it is advertised', () => {
    const table = new HandlerTable();
    const unused = { handle: () => undefined, errorResponse: () => undefined };
    table.register(Produce, unused);
    table.register(ApiVersions, new Scripted(() => ok));
    expect(table.advertised()).toEqual([
      { apiKey: 0, minVersion: 0, maxVersion: Produce.versions.max },
      { apiKey: 18, minVersion: 0, maxVersion: ApiVersions.versions.max },
    ]);
    const produce = new Dispatcher(table, systemClock, new RecordingLogger());
    expect(() => produce.handleFrame(body(0, 2), connection)).toThrow('Produce version 2');
    expect(() => table.register(Produce, unused)).toThrow('two handlers');
  });
});

test('ApiVersions in a version to come is answered in v0, with error 35 and the versions of this API', async () => {
  const frame = rawRequest({ apiKey: 18, apiVersion: 99, correlationId: 5, headerTags: Buffer.from([0]) });
  const answer = await dispatcherOf(new Scripted(() => ok)).handleFrame(frame.subarray(4), connection);
  expect(decoded(answer, 0)).toMatchObject({
    correlationId: 5,
    body: {
      errorCode: ErrorCode.UNSUPPORTED_VERSION,
      apiKeys: [{ apiKey: 18, minVersion: 0, maxVersion: ApiVersions.versions.max }],
    },
  });
});

describe('a failure (I9)', () => {
  const thrown = new KafkaError(ErrorCode.POLICY_VIOLATION, 'not allowed here');
  const bug = new TypeError('undefined is not a function');
  const fails: [string, (error: Error) => () => Promise<never>][] = [
    [
      'thrown',
      (error) => () => {
        throw error;
      },
    ],
    ['rejected', (error) => () => Promise.reject(error)],
  ];

  test.each(fails)('with a Kafka error code is answered with it (%s)', async (_name, fail) => {
    const messages: string[] = [];
    const handler = new Scripted(fail(thrown), (errorCode, message) => {
      messages.push(message);
      return { errorCode, apiKeys: [] };
    });
    const logger = new RecordingLogger();
    const answer = await dispatcherOf(handler, logger).handleFrame(request(), connection);
    expect(decoded(answer).body.errorCode).toBe(ErrorCode.POLICY_VIOLATION);
    expect(messages).toEqual(['not allowed here']);
    expect(logger.errors).toEqual([]);
  });

  test.each(fails)('that nobody expected is UNKNOWN_SERVER_ERROR, logged with its cause (%s)', async (_name, fail) => {
    const logger = new RecordingLogger();
    const answer = await dispatcherOf(new Scripted(fail(bug)), logger).handleFrame(request(), connection);
    expect(decoded(answer).body.errorCode).toBe(ErrorCode.UNKNOWN_SERVER_ERROR);
    expect(logger.errors).toEqual([bug]);
  });

  test.each(fails)('may close the connection (%s)', async (_name, fail) => {
    const dispatcher = dispatcherOf(new Scripted(fail(new CloseConnection('acks 0'))));
    await expect(async () => dispatcher.handleFrame(request(), connection)).rejects.toThrow('acks 0');
  });

  test('to encode a response is answered as an error too', async () => {
    const logger = new RecordingLogger();
    const handler = new Scripted(() => ({ errorCode: 1 << 20, apiKeys: [] }));
    const answer = await dispatcherOf(handler, logger).handleFrame(request(), connection);
    expect(decoded(answer).body.errorCode).toBe(ErrorCode.UNKNOWN_SERVER_ERROR);
    expect(logger.errors).toHaveLength(1);
  });

  test.each<[string, () => HandlerResult<typeof ApiVersions>]>([
    ['there is no response that could say so', () => undefined],
    ['the error response fails itself', () => ({ errorCode: 1 << 20, apiKeys: [] })],
  ])('closes the connection where %s', async (_name, explain) => {
    const dispatcher = dispatcherOf(new Scripted(() => Promise.reject(bug), explain));
    await expect(async () => dispatcher.handleFrame(request(), connection)).rejects.toThrow(CloseConnection);
  });
});
