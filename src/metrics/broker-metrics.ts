import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What a broker counts. Domain classes get this object, or the part of it that they need as an interface of theirs. */
export class BrokerMetrics {
  private readonly requests: Counter<'api'>;
  private readonly produceRequests: Counter;
  private readonly fetchRequests: Counter;
  private readonly produceLatency: Histogram;
  private readonly uploadDuration: Histogram;
  private readonly downloadDuration: Histogram;
  private readonly storeRequests: Counter<'operation' | 'outcome'>;
  private readonly walObjects: Counter;
  private readonly walBytes: Counter;
  private readonly walStages: Histogram<'stage'>;
  private readonly partitionOpenFailures: Counter;
  private readonly adminRequests: Counter<'api'>;
  private readonly adminErrors: Counter<'api'>;
  private readonly offsetCommits: Counter;
  private readonly consumerLag: Histogram;
  private readonly groupWrites: Counter;
  private readonly groupRebalances: Counter;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.requests = new Counter({
      name: 'kafscale_requests_total',
      help: 'Requests received from Kafka clients',
      labelNames: ['api'],
      registers,
    });
    this.produceRequests = new Counter({
      name: 'kafscale_produce_requests_total',
      help: 'Produce requests received',
      registers,
    });
    this.fetchRequests = new Counter({
      name: 'kafscale_fetch_requests_total',
      help: 'Fetch requests received',
      registers,
    });
    this.produceLatency = new Histogram({
      name: 'kafscale_produce_latency_ms',
      help: 'From the arrival of a produce request to its answer',
      buckets: LATENCY_BUCKETS_MS,
      registers,
    });
    this.uploadDuration = new Histogram({
      name: 'kafscale_s3_upload_duration_ms',
      help: 'Duration of writes to the object store, of whatever kind it is',
      buckets: LATENCY_BUCKETS_MS,
      registers,
    });
    this.downloadDuration = new Histogram({
      name: 'kafscale_s3_download_duration_ms',
      help: 'Duration of reads from the object store, of whatever kind it is',
      buckets: LATENCY_BUCKETS_MS,
      registers,
    });
    this.storeRequests = new Counter({
      name: 'kafscale_s3_requests_total',
      help: 'Requests to the object store, of whatever kind it is',
      labelNames: ['operation', 'outcome'],
      registers,
    });
    for (const operation of STORE_OPERATIONS) this.storeRequests.inc({ operation, outcome: 'success' }, 0);
    this.walObjects = new Counter({
      name: 'kafscale_wal_objects_total',
      help: 'WAL objects committed',
      registers,
    });
    this.walBytes = new Counter({
      name: 'kafscale_wal_bytes_total',
      help: 'Bytes of the WAL objects committed',
      registers,
    });
    this.walStages = new Histogram({
      name: 'kafscale_wal_stage_duration_ms',
      help: 'How long WAL objects gather records (queue), are uploaded (upload) and wait for their commit (commit)',
      labelNames: ['stage'],
      buckets: LATENCY_BUCKETS_MS,
      registers,
    });
    this.partitionOpenFailures = new Counter({
      name: 'kafscale_partition_open_failures_total',
      help: 'Partitions that could not be opened, each try by itself: their manifests cannot be read, or are damaged',
      registers,
    });
    this.adminRequests = new Counter({
      name: 'kafscale_admin_requests_total',
      help: 'Requests that change topics, their configurations or their records',
      labelNames: ['api'],
      registers,
    });
    this.adminErrors = new Counter({
      name: 'kafscale_admin_request_errors_total',
      help: 'What such requests asked for and did not get, each topic, partition or resource by itself',
      labelNames: ['api'],
      registers,
    });
    this.offsetCommits = new Counter({
      name: 'kafscale_offset_commits_total',
      help: 'Offsets that groups have committed',
      registers,
    });
    this.consumerLag = new Histogram({
      name: 'kafscale_consumer_lag',
      help: 'Records that groups have still to consume in a partition when they commit an offset in it',
      buckets: LAG_BUCKETS,
      registers,
    });
    this.groupWrites = new Counter({
      name: 'kafscale_group_transactions_total',
      help: 'Transactions in which groups and offsets were written',
      registers,
    });
    this.groupRebalances = new Counter({
      name: 'kafscale_group_rebalances_total',
      help: 'Rebalances that ended with an assignment',
      registers,
    });
  }

  /** Adds a value that is measured when somebody asks for it. */
  gauge(name: string, help: string, measure: () => number): void {
    const registers = [this.registry];
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(measure());
      },
    });
  }

  requestReceived(api: string): void {
    this.requests.inc({ api });
    if (api === 'Produce') this.produceRequests.inc();
    if (api === 'Fetch') this.fetchRequests.inc();
  }

  /** @param durationMs from the arrival of the request to its answer */
  requestAnswered(api: string, durationMs: number): void {
    if (api === 'Produce') this.produceLatency.observe(durationMs);
  }

  storeRequest(operation: StoreOperation, outcome: StoreOutcome, durationMs: number): void {
    this.storeRequests.inc({ operation, outcome });
    if (operation === 'put') this.uploadDuration.observe(durationMs);
    if (operation === 'get') this.downloadDuration.observe(durationMs);
  }

  walObjectCommitted(stages: { bytes: number; queueMs: number; uploadMs: number; commitMs: number }): void {
    this.walObjects.inc();
    this.walBytes.inc(stages.bytes);
    this.walStages.observe({ stage: 'queue' }, stages.queueMs);
    this.walStages.observe({ stage: 'upload' }, stages.uploadMs);
    this.walStages.observe({ stage: 'commit' }, stages.commitMs);
  }

  partitionOpenFailed(): void {
    this.partitionOpenFailures.inc();
  }

  /** @param lag records that are left in the partition; undefined when that is not known */
  offsetCommitted(lag: number | undefined): void {
    this.offsetCommits.inc();
    if (lag !== undefined) this.consumerLag.observe(lag);
  }

  groupWrite(): void {
    this.groupWrites.inc();
  }

  groupRebalanced(): void {
    this.groupRebalances.inc();
  }

  /** @param failures topics, partitions or resources that the request could not change */
  adminRequest(api: string, failures: number): void {
    this.adminRequests.inc({ api });
    this.adminErrors.inc({ api }, failures);
  }
}

export const STORE_OPERATIONS = ['put', 'get', 'head', 'list', 'delete'] as const;

export type StoreOperation = (typeof STORE_OPERATIONS)[number];

/**
 * `refused`: the store answered, and the answer was no (there is no such object, or there is one already). `aborted`: who
 * asked gave up.
 */
export type StoreOutcome = 'success' | 'refused' | 'error' | 'aborted';

const LATENCY_BUCKETS_MS = [1, 2, 5, 10, 20, 50, 100, 150, 200, 300, 500, 750, 1000, 2000, 5000, 10_000, 30_000];
const LAG_BUCKETS = [0, 1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];
