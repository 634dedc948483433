import { context as contexts, SpanKind, SpanStatusCode, trace, type Tracer } from '@opentelemetry/api';
import type { RequestEnd } from '../metrics/request-metrics.js';
import type { CommittedWalObject } from '../metrics/wal-metrics.js';
import type { RequestContext } from '../protocol/transport/request-context.js';
import type { Clock } from '../time/clock.js';

export interface RequestTracerOptions {
  /** Share of the requests that are traced, above 0 and up to 1. */
  readonly sampleRatio: number;
  readonly clock: Pick<Clock, 'now' | 'monotonic'>;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

/** WAL objects that are remembered: those in which the records of requests are found that end now. */
const REMEMBERED_OBJECTS = 64;

/** What of a response to Produce says where the records are. */
interface ProduceResponse {
  readonly responses: readonly {
    readonly name: string;
    readonly topicId: string;
    readonly partitionResponses: readonly { readonly index: number; readonly baseOffset: number }[];
  }[];
}

/**
 * Makes spans of requests to Produce and Fetch when these have ended, so that nothing has to be carried along with them. A
 * Produce has the stages of the WAL objects that took its records as children: `queue`, `upload`, `commit`.
 */
export class RequestTracer {
  private readonly recent: CommittedWalObject[] = [];

  constructor(
    private readonly tracer: Tracer,
    private readonly options: RequestTracerOptions,
  ) {}

  /** To be told before the requests whose records are in the object are answered. */
  walObjectCommitted(object: CommittedWalObject): void {
    this.recent.push(object);
    if (this.recent.length > REMEMBERED_OBJECTS) this.recent.shift();
  }

  requestEnded(api: string, request: RequestContext, end: RequestEnd): void {
    if (api !== 'Produce' && api !== 'Fetch') return;
    const { clock, random, sampleRatio } = this.options;
    if (random() >= sampleRatio) return;
    // Spans tell the time of day, requests that of a clock that never jumps.
    const timeOf = (monotonicMs: number) => clock.now() - clock.monotonic() + monotonicMs;
    const { response, error, durationMs } = end;
    const endedAt = request.receivedAt + durationMs;
    const span = this.tracer.startSpan(api, {
      kind: SpanKind.SERVER,
      root: true,
      startTime: timeOf(request.receivedAt),
      attributes: {
        'messaging.system': 'kafka',
        'messaging.client.id': request.clientId ?? '',
        'client.address': request.clientHost,
        'kafscale.api.version': request.apiVersion,
        'kafscale.correlation.id': request.correlationId,
        'kafscale.request.bytes': request.requestBytes,
        'kafscale.response.bytes': response?.bytes ?? 0,
      },
    });
    if (error !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: error });
    const parent = trace.setSpan(contexts.active(), span);
    const child = (name: string, object: CommittedWalObject, from: number, to: number) => {
      const startTime = timeOf(Math.max(from, request.receivedAt));
      const attributes = { 'kafscale.wal.object': object.key, 'kafscale.wal.bytes': object.bytes };
      this.tracer.startSpan(name, { startTime, attributes }, parent).end(timeOf(Math.max(to, request.receivedAt)));
    };
    for (const object of api === 'Produce' && response !== undefined ? this.objectsOf(response.body) : []) {
      const uploadedAt = object.committedAt - object.commitMs;
      const sealedAt = uploadedAt - object.uploadMs;
      child('queue', object, sealedAt - object.queueMs, sealedAt);
      child('upload', object, sealedAt, uploadedAt);
      child('commit', object, uploadedAt, object.committedAt);
    }
    span.end(timeOf(endedAt));
  }

  /** The objects that hold what was produced. */
  private objectsOf(response: object): ReadonlySet<CommittedWalObject> {
    const found = new Set<CommittedWalObject>();
    for (const { name, topicId, partitionResponses } of (response as ProduceResponse).responses) {
      for (const { index, baseOffset } of partitionResponses) {
        const object = this.recent.findLast(({ extents }) =>
          extents.some(
            (extent) =>
              (extent.topicName === name || extent.topicId === topicId) &&
              extent.partition === index &&
              extent.baseOffset <= baseOffset &&
              baseOffset <= extent.lastOffset,
          ),
        );
        if (object !== undefined) found.add(object);
      }
    }
    return found;
  }
}
