import { Counter, Gauge, type Registry } from 'prom-client';
import { ErrorCode } from '../protocol/errors.js';
import { errorCodesIn } from './response-errors.js';

/** The APIs that change topics, their configurations or their records, and what each does to what. */
const ADMIN_APIS: Readonly<Record<string, readonly [action: string, resource: string]>> = {
  CreateTopics: ['create', 'topic'],
  DeleteTopics: ['delete', 'topic'],
  CreatePartitions: ['alter', 'topic'],
  DeleteRecords: ['delete', 'records'],
  AlterConfigs: ['alter', 'configs'],
  IncrementalAlterConfigs: ['alter', 'configs'],
  AlterPartitionReassignments: ['alter', 'cluster'],
};

const DENIED: ReadonlySet<number> = new Set([
  ErrorCode.TOPIC_AUTHORIZATION_FAILED,
  ErrorCode.GROUP_AUTHORIZATION_FAILED,
  ErrorCode.CLUSTER_AUTHORIZATION_FAILED,
]);

/** Over so many requests of an API its average latency is taken. */
const AVERAGED_REQUESTS = 100;

/** What is counted of requests that change something. All of it is there from the start, with value 0. */
export class AdminMetrics {
  private readonly requests: Counter<'api'>;
  private readonly errors: Counter<'api'>;
  private readonly denied: Counter<'action' | 'resource'>;
  private readonly durations = new Map<string, number[]>();

  constructor(registry: Registry) {
    const registers = [registry];
    this.requests = new Counter({
      name: 'kafscale_admin_requests_total',
      help: 'Requests that change topics, their configurations or their records',
      labelNames: ['api'],
      registers,
    });
    this.errors = new Counter({
      name: 'kafscale_admin_request_errors_total',
      help: 'What requests of kafscale_admin_requests_total asked for and did not get, each topic, partition or resource by itself',
      labelNames: ['api'],
      registers,
    });
    this.denied = new Counter({
      name: 'kafscale_authz_denied_total',
      help: 'Changes that clients were not allowed to make (KAFSCALE_ALLOW_ADMIN_APIS), each topic, partition or resource by itself',
      labelNames: ['action', 'resource'],
      registers,
    });
    const { durations } = this;
    new Gauge({
      name: 'kafscale_admin_request_latency_ms_avg',
      help: `Average duration of the last ${AVERAGED_REQUESTS} requests of kafscale_admin_requests_total, ms; 0 before the first`,
      labelNames: ['api'],
      registers,
      collect() {
        for (const [api, recent] of durations) this.set({ api }, average(recent));
      },
    });
    for (const [api, [action, resource]] of Object.entries(ADMIN_APIS)) {
      this.requests.inc({ api }, 0);
      this.errors.inc({ api }, 0);
      this.denied.inc({ action, resource }, 0);
      durations.set(api, []);
    }
  }

  /** Requests of other APIs are not counted. */
  requestReceived(api: string): void {
    if (Object.hasOwn(ADMIN_APIS, api)) this.requests.inc({ api });
  }

  /** @param response what the client is told; undefined when its connection is closed instead */
  requestEnded(api: string, durationMs: number, response: object | undefined): void {
    const recent = this.durations.get(api);
    const did = ADMIN_APIS[api];
    if (recent === undefined || did === undefined) return;
    recent.push(durationMs);
    if (recent.length > AVERAGED_REQUESTS) recent.shift();
    const [action, resource] = did;
    for (const code of response === undefined ? [ErrorCode.UNKNOWN_SERVER_ERROR] : errorCodesIn(response)) {
      this.errors.inc({ api });
      if (DENIED.has(code)) this.denied.inc({ action, resource });
    }
  }
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
