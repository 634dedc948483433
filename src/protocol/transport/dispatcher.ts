import { isPromise } from 'node:util/types';
import type { Logger } from '../../logging/logger.js';
import type { RequestEnd } from '../../metrics/request-metrics.js';
import type { Clock } from '../../time/clock.js';
import {
  type Api,
  decodeRequest,
  decodeRequestHeader,
  type DecodedRequestHeader,
  encodeResponse,
  MalformedRequestError,
  type RequestOf,
  type ResponseInput,
  supportsVersion,
} from '../codec/index.js';
import { ErrorCode, errorName, KafkaError } from '../errors.js';
import { ApiVersions } from '../schema/index.js';
import { CloseConnection } from './close-connection.js';
import type { Answer, ClientConnection, FrameHandler } from './frame-handler.js';
import type { HandlerResult } from './handler.js';
import { advertise, type HandlerTable, type ServedApi } from './handler-table.js';
import type { RequestContext } from './request-context.js';

export interface DispatcherOptions {
  /** Log every request. */
  readonly traceRequests: boolean;
  /** Told of every request that has ended, where requests are traced. */
  readonly tracer?: RequestTracing | undefined;
}

/** Told of every request that reaches a handler. */
export interface RequestObserver {
  requestReceived(api: string, bytes: number): void;
  /** Once for each request that was received. */
  requestEnded(api: string, end: RequestEnd): void;
}

export interface RequestTracing {
  requestEnded(api: string, request: RequestContext, end: RequestEnd): void;
}

/** One request on its way through its handler. */
interface Call {
  readonly served: ServedApi;
  readonly request: RequestOf<Api>;
  readonly context: RequestContext;
}

/** Decodes requests, hands them to the handlers of their APIs, and encodes what these return or throw. */
export class Dispatcher implements FrameHandler {
  constructor(
    private readonly handlers: HandlerTable,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly options: DispatcherOptions = { traceRequests: false },
    private readonly observer?: RequestObserver,
  ) {}

  /** @throws CloseConnection for requests that have no answer: malformed, or of an API or version not served */
  handleFrame(frame: Buffer, connection: ClientConnection): Answer | undefined | Promise<Answer | undefined> {
    const header = wellFormed(() => decodeRequestHeader(frame));
    const served = this.handlers.find(header.apiKey);
    if (served === undefined) throw new CloseConnection(`api key ${header.apiKey} is not served`);
    const { api, handler } = served;
    if (!supportsVersion(api, header.apiVersion)) return unsupportedVersion(api, header);
    const request = wellFormed(() => decodeRequest(api, header.apiVersion, frame, header.bodyOffset));
    const call: Call = { served, request, context: this.contextOf(header, frame.length, connection) };
    if (this.options.traceRequests) this.trace(call);
    this.observer?.requestReceived(api.name, frame.length);
    try {
      const result = handler.handle(request, call.context);
      if (!isPromise(result)) return this.answer(call, result);
      return result.then(
        (response) => this.answer(call, response),
        (error: unknown) => this.answerFailure(call, error),
      );
    } catch (error) {
      return this.answerFailure(call, error);
    }
  }

  private answer(call: Call, response: HandlerResult<Api>): Answer | undefined {
    if (response === undefined) {
      this.ended(call, {});
      return undefined;
    }
    try {
      return this.encode(call, response);
    } catch (error) {
      return this.answerFailure(call, error);
    }
  }

  /** A failure is never answered with anything that looks like success. */
  private answerFailure(call: Call, error: unknown): Answer {
    if (error instanceof CloseConnection) throw this.closing(call, error);
    const code = error instanceof KafkaError ? error.code : ErrorCode.UNKNOWN_SERVER_ERROR;
    // What was not foreseen may hold details that are no business of the client's.
    const message = error instanceof KafkaError ? error.message : errorName(code);
    this.logFailure(call, code, error);
    const { served, request, context } = call;
    try {
      const response = served.handler.errorResponse(request, code, message, context);
      if (response !== undefined) return this.encode(call, response, errorName(code));
    } catch (err) {
      this.logger.error({ event: 'error_response_failed', ...describe(call), err }, 'No error response could be made');
    }
    const what = `${served.api.name} failed with ${errorName(code)} and has no response to say so`;
    throw this.closing(call, new CloseConnection(what));
  }

  /** @param error of a request that failed as a whole */
  private encode(call: Call, response: ResponseInput<Api>, error?: string): Answer {
    const answer = encode(call, response);
    const bytes = totalLength(answer.chunks);
    this.ended(call, { response: { body: response, bytes }, ...(error !== undefined && { error }) });
    return answer;
  }

  private closing(call: Call, reason: CloseConnection): CloseConnection {
    this.ended(call, { error: 'CONNECTION_CLOSED' });
    return reason;
  }

  private ended(call: Call, end: Omit<RequestEnd, 'durationMs'>): void {
    const durationMs = this.clock.monotonic() - call.context.receivedAt;
    const { name } = call.served.api;
    this.observer?.requestEnded(name, { ...end, durationMs });
    this.options.tracer?.requestEnded(name, call.context, { ...end, durationMs });
    if (this.options.traceRequests) this.traceEnd(call, end, durationMs);
  }

  private logFailure(call: Call, code: ErrorCode, err: unknown): void {
    const fields = { event: 'request_failed', ...describe(call), error: errorName(code), err };
    if (code === ErrorCode.UNKNOWN_SERVER_ERROR) this.logger.error(fields, 'Request failed');
    else this.logger.debug(fields, 'Request refused');
  }

  private trace(call: Call): void {
    const { requestBytes } = call.context;
    this.logger.info({ event: 'request', ...describe(call), requestBytes }, 'Request');
  }

  private traceEnd(call: Call, { response, error }: Omit<RequestEnd, 'durationMs'>, durationMs: number): void {
    const fields = { event: 'response', ...describe(call), durationMs, responseBytes: response?.bytes ?? 0, error };
    this.logger.info(fields, 'Response');
  }

  private contextOf(header: DecodedRequestHeader, requestBytes: number, client: ClientConnection): RequestContext {
    return {
      apiKey: header.apiKey,
      apiVersion: header.apiVersion,
      correlationId: header.correlationId,
      clientId: header.clientId,
      clientHost: client.clientHost,
      localAddress: client.localAddress,
      localPort: client.localPort,
      connectionId: client.id,
      closed: client.closed,
      shutdown: client.shutdown,
      receivedAt: this.clock.monotonic(),
      requestBytes,
    };
  }
}

function wellFormed<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof MalformedRequestError) {
      throw new CloseConnection(`malformed request: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

/** The client asks ApiVersions first to find out what it may ask: this one gets an answer that every client reads. */
function unsupportedVersion(api: Api, { apiVersion, correlationId }: DecodedRequestHeader): Answer {
  if (api.key !== ApiVersions.key) throw new CloseConnection(`${api.name} version ${apiVersion} is not served`);
  const response = { errorCode: ErrorCode.UNSUPPORTED_VERSION, apiKeys: [advertise(api)] };
  return { chunks: encodeResponse(ApiVersions, 0, correlationId, response), throttleMs: 0 };
}

function encode({ served, context }: Call, response: ResponseInput<Api>): Answer {
  const chunks = encodeResponse(served.api, context.apiVersion, context.correlationId, response);
  return { chunks, throttleMs: throttleOf(response) };
}

function totalLength(chunks: readonly Buffer[]): number {
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  return length;
}

function throttleOf(response: object): number {
  const { throttleTimeMs } = response as { throttleTimeMs?: unknown };
  return typeof throttleTimeMs === 'number' ? throttleTimeMs : 0;
}

function describe({ served, context }: Call) {
  const { apiVersion, correlationId, clientId, clientHost, connectionId } = context;
  return { api: served.api.name, apiVersion, correlationId, clientId, clientHost, connection: connectionId };
}
