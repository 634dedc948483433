import { Counter, Histogram, type Registry } from 'prom-client';
import type { Clock } from '../time/clock.js';
import { errorName } from '../protocol/errors.js';
import type { AdminMetrics } from './admin-metrics.js';
import { LATENCY_BUCKETS_MS } from './buckets.js';
import { Gauges } from './gauges.js';
import { partitionErrorsIn } from './response-errors.js';
import { RecentEvents } from './recent-events.js';

/** Errors of partitions that tell of trouble in the broker: those that alerts look at are there before they happen. */
const WATCHED_ERRORS = ['NOT_ENOUGH_REPLICAS', 'REQUEST_TIMED_OUT', 'KAFKA_STORAGE_ERROR', 'UNKNOWN_SERVER_ERROR'];

/** How a request that reached its handler ended. */
export interface RequestEnd {
  /** From the arrival of the request until its response was encoded, or until it was clear that there is none, ms. */
  readonly durationMs: number;
  /** Absent where the client expects no response (Produce with acks 0), or is given none. */
  readonly response?: { readonly body: object; readonly bytes: number };
  /** Of a request that failed as a whole: the name of the error, or `CONNECTION_CLOSED` where no response could say it. */
  readonly error?: string;
}

/** What is counted of the requests of Kafka clients. */
export class RequestMetrics {
  private readonly requests: Counter<'api'>;
  private readonly errors: Counter<'api' | 'error'>;
  private readonly partitionErrors: Counter<'api' | 'error'>;
  private readonly duration: Histogram<'api'>;
  private readonly receivedBytes: Counter<'api'>;
  private readonly sentBytes: Counter<'api'>;
  private readonly produceLatency: Histogram;
  private readonly totals: Readonly<Record<string, { readonly total: Counter; readonly recent: RecentEvents }>>;
  private inFlight = 0;

  constructor(
    registry: Registry,
    private readonly admin: AdminMetrics,
    clock: Pick<Clock, 'monotonic'>,
  ) {
    const registers = [registry];
    const gauges = new Gauges(registry);
    this.requests = new Counter({
      name: 'kafscale_requests_total',
      help: 'Requests received from Kafka clients',
      labelNames: ['api'],
      registers,
    });
    this.errors = new Counter({
      name: 'kafscale_request_errors_total',
      help: 'Requests that failed as a whole; CONNECTION_CLOSED: the connection was closed instead of a response',
      labelNames: ['api', 'error'],
      registers,
    });
    this.partitionErrors = new Counter({
      name: 'kafscale_partition_errors_total',
      help: 'Partitions in responses to Produce and Fetch that tell of an error',
      labelNames: ['api', 'error'],
      registers,
    });
    this.duration = new Histogram({
      name: 'kafscale_request_duration_ms',
      help: 'From the arrival of a request until its response is ready, ms; Fetch and JoinGroup wait on purpose',
      labelNames: ['api'],
      buckets: LATENCY_BUCKETS_MS,
      registers,
    });
    this.receivedBytes = new Counter({
      name: 'kafscale_received_bytes_total',
      help: 'Bytes of the requests received from Kafka clients',
      labelNames: ['api'],
      registers,
    });
    this.sentBytes = new Counter({
      name: 'kafscale_sent_bytes_total',
      help: 'Bytes of the responses to Kafka clients',
      labelNames: ['api'],
      registers,
    });
    this.produceLatency = new Histogram({
      name: 'kafscale_produce_latency_ms',
      help: 'From the arrival of a produce request until its response is ready, ms; without those of acks 0',
      buckets: LATENCY_BUCKETS_MS,
      registers,
    });
    for (const api of ['Produce', 'Fetch']) {
      for (const counter of [this.requests, this.receivedBytes, this.sentBytes]) counter.inc({ api }, 0);
      this.errors.inc({ api, error: 'UNKNOWN_SERVER_ERROR' }, 0);
      for (const error of WATCHED_ERRORS) this.partitionErrors.inc({ api, error }, 0);
    }
    const counted = (verb: string) => {
      const recent = new RecentEvents(clock);
      const lower = verb.toLowerCase();
      const name = `kafscale_${lower}_requests_total`;
      const total = new Counter({ name, help: `${verb} requests received`, registers });
      const help = `${verb} requests received per second, over the last minute`;
      gauges.add(`kafscale_${lower}_rps`, help, () => recent.perSecond());
      return { total, recent };
    };
    this.totals = { Produce: counted('Produce'), Fetch: counted('Fetch') };
    gauges.add('kafscale_inflight_requests', 'Requests of Kafka clients being handled', () => this.inFlight);
  }

  requestReceived(api: string, bytes: number): void {
    this.inFlight += 1;
    this.requests.inc({ api });
    this.receivedBytes.inc({ api }, bytes);
    const counted = this.totals[api];
    counted?.total.inc();
    counted?.recent.add();
    this.admin.requestReceived(api);
  }

  /** Once for each request that was received. */
  requestEnded(api: string, { durationMs, response, error }: RequestEnd): void {
    this.inFlight -= 1;
    if (error !== undefined) this.errors.inc({ api, error });
    this.duration.observe({ api }, durationMs);
    this.admin.requestEnded(api, durationMs, response?.body);
    if (response === undefined) return;
    this.sentBytes.inc({ api }, response.bytes);
    if (api === 'Produce') this.produceLatency.observe(durationMs);
    for (const code of partitionErrorsIn(api, response.body)) {
      this.partitionErrors.inc({ api, error: errorName(code) });
    }
  }
}
