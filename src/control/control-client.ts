import {
  Client,
  credentials,
  Metadata,
  type CallOptions,
  type ChannelCredentials,
  type MethodDefinition,
  type ServiceDefinition,
  type ServiceError,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import type {
  AssignmentWatchRequest,
  BrokerStatus,
  DescribeFormatLevelResponse,
  DrainPartitionsRequest,
  DrainPartitionsResponse,
  FinalizeFormatLevelRequest,
  FinalizeFormatLevelResponse,
  ListBrokersResponse,
  MetricsSample,
  PartitionAssignmentEvent,
  TriggerFlushRequest,
  TriggerFlushResponse,
} from './messages.js';
import { PROTO_OPTIONS, protoFile } from './proto-files.js';

/** How a broker's control services are reached. */
export interface ControlEndpoint {
  /** `host:port`. */
  readonly server: string;
  /** Carried by every call; undefined: none. */
  readonly token?: string | undefined;
  /** Undefined: without encryption. */
  readonly tls?: ControlClientTls | undefined;
}

/** PEM contents. */
export interface ControlClientTls {
  /** Whom to trust; undefined: the authorities that Node brings. */
  readonly ca?: Buffer | undefined;
  /** Both or none of them. */
  readonly cert?: Buffer | undefined;
  readonly key?: Buffer | undefined;
}

type Method<Request, Response> = MethodDefinition<Request, Response>;

/** 100,000 partitions take 10 MB. */
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * A client of one broker's control services. Calls reject with grpc-js' `ServiceError`, whose `code` is the gRPC status.
 */
export class ControlClient {
  private readonly client: Client;
  private readonly metadata = new Metadata();
  private readonly methods = loadMethods();

  constructor({ server, token, tls }: ControlEndpoint) {
    this.client = new Client(server, credentialsOf(tls), { 'grpc.max_receive_message_length': MAX_ANSWER_BYTES });
    if (token !== undefined) this.metadata.set('authorization', `Bearer ${token}`);
  }

  getStatus(): Promise<BrokerStatus> {
    return this.call('BrokerControl/GetStatus', {});
  }

  listBrokers(): Promise<ListBrokersResponse> {
    return this.call('BrokerControl/ListBrokers', {});
  }

  describeFormatLevel(): Promise<DescribeFormatLevelResponse> {
    return this.call('BrokerControl/DescribeFormatLevel', {});
  }

  finalizeFormatLevel(request: Partial<FinalizeFormatLevelRequest>): Promise<FinalizeFormatLevelResponse> {
    return this.call('BrokerControl/FinalizeFormatLevel', request);
  }

  triggerFlush(request: Partial<TriggerFlushRequest>): Promise<TriggerFlushResponse> {
    return this.call('BrokerControl/TriggerFlush', request);
  }

  /** @param timeoutMs how long to wait for the answer: longer than the drain's deadline */
  drainPartitions(request: Partial<DrainPartitionsRequest>, timeoutMs: number): Promise<DrainPartitionsResponse> {
    return this.call('BrokerControl/DrainPartitions', request, timeoutMs);
  }

  async undrainBroker(): Promise<void> {
    await this.call('BrokerControl/UndrainBroker', {});
  }

  /** @returns what the broker says of the samples */
  streamMetrics(samples: Iterable<MetricsSample>): Promise<{ readonly message: string }> {
    const method = this.method<MetricsSample, { message: string }>('BrokerControl/StreamMetrics');
    const { promise, resolve, reject } = Promise.withResolvers<{ message: string }>();
    const call = this.client.makeClientStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      this.metadata,
      deadlineAfter(DEFAULT_TIMEOUT_MS),
      settle(resolve, reject),
    );
    for (const sample of samples) call.write(sample);
    call.end();
    return promise;
  }

  /** The present assignments, and unless `once` is set every change after them, until the signal ends it or it fails. */
  async *watchAssignments(
    request: Partial<AssignmentWatchRequest>,
    signal?: AbortSignal,
  ): AsyncGenerator<PartitionAssignmentEvent> {
    const method = this.method<Partial<AssignmentWatchRequest>, PartitionAssignmentEvent>(
      'AssignmentStream/WatchAssignments',
    );
    const call = this.client.makeServerStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
      request,
      this.metadata,
    );
    const cancel = () => call.cancel();
    signal?.addEventListener('abort', cancel);
    try {
      for await (const event of call) yield event as PartitionAssignmentEvent;
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    } finally {
      signal?.removeEventListener('abort', cancel);
      call.cancel();
    }
  }

  close(): void {
    this.client.close();
  }

  private call<Response>(name: string, request: object, timeoutMs = DEFAULT_TIMEOUT_MS): Promise<Response> {
    const method = this.method<object, Response>(name);
    return new Promise((resolve, reject) => {
      this.client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        request,
        this.metadata,
        deadlineAfter(timeoutMs),
        settle(resolve, reject),
      );
    });
  }

  private method<Request, Response>(name: string): Method<Request, Response> {
    const method = this.methods.get(name);
    if (method === undefined) throw new Error(`control.proto has no ${name}`);
    return method as Method<Request, Response>;
  }
}

function loadMethods(): ReadonlyMap<string, MethodDefinition<unknown, unknown>> {
  const definition = loadSync(protoFile('control.proto'), PROTO_OPTIONS);
  return new Map(
    ['BrokerControl', 'AssignmentStream'].flatMap((service) => {
      const methods = definition[`kafscale.control.${service}`] as ServiceDefinition;
      return Object.entries(methods).map(([name, method]) => [`${service}/${name}`, method] as const);
    }),
  );
}

function credentialsOf(tls: ControlClientTls | undefined): ChannelCredentials {
  if (tls === undefined) return credentials.createInsecure();
  return credentials.createSsl(tls.ca ?? null, tls.key ?? null, tls.cert ?? null);
}

function deadlineAfter(timeoutMs: number): CallOptions {
  return { deadline: Date.now() + timeoutMs };
}

function settle<T>(resolve: (response: T) => void, reject: (error: Error) => void) {
  return (error: ServiceError | null, response?: T): void => {
    if (error !== null) reject(error);
    else resolve(response as T);
  };
}
