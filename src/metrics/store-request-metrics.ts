import { Counter, Histogram, type Registry } from 'prom-client';
import { defaultPrices } from '../cost/workload.js';
import { LATENCY_BUCKETS_MS } from './buckets.js';

export const STORE_OPERATIONS = ['put', 'get', 'head', 'list', 'delete', 'check'] as const;
export type StoreOperation = (typeof STORE_OPERATIONS)[number];

/**
 * How a request ended. `not_found` and `exists` are answers that may be expected; `slow_down`: the store asks for fewer
 * requests; `corrupt`: the bytes are not those of the checksum; `aborted`: who asked gave up; `error`: anything else.
 */
export const STORE_STATUSES = [
  'success',
  'not_found',
  'exists',
  'slow_down',
  'denied',
  'corrupt',
  'error',
  'aborted',
] as const;
export type StoreStatus = (typeof STORE_STATUSES)[number];

/** What a request did, beside how it ended. */
export interface StoreRequest {
  readonly operation: StoreOperation;
  readonly status: StoreStatus;
  readonly durationMs: number;
  /** Requests that went out for it: pages of a listing, batches of a deletion. Default: 1. */
  readonly requests?: number;
  /** Of the object's contents, in either direction. Default: 0. */
  readonly bytes?: number;
}

/** US dollars for one request. Listings are billed as writes; deletions are free. */
const PRICES: Readonly<Record<StoreOperation, number>> = {
  put: defaultPrices.putsPer1000 / 1000,
  get: defaultPrices.getsPer1000 / 1000,
  head: defaultPrices.getsPer1000 / 1000,
  list: defaultPrices.putsPer1000 / 1000,
  check: defaultPrices.putsPer1000 / 1000,
  delete: 0,
};

/** Requests that the store has answered other than by a failure of its own cost something. */
const BILLED: ReadonlySet<StoreStatus> = new Set<StoreStatus>(['success', 'not_found', 'exists', 'corrupt']);

/** What is counted of the requests to the object store, whatever kind it is. */
export class StoreRequestMetrics {
  private readonly requests: Counter<'operation' | 'status'>;
  private readonly cost: Counter<'operation'>;
  private readonly uploadedBytes: Counter;
  private readonly downloadedBytes: Counter;
  private readonly uploadDuration: Histogram;
  private readonly downloadDuration: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.requests = new Counter({
      name: 'kafscale_s3_requests_total',
      help: 'Requests to the object store, of whatever kind it is',
      labelNames: ['operation', 'status'],
      registers,
    });
    this.cost = new Counter({
      name: 'kafscale_s3_estimated_cost_dollars_total',
      help: 'What the requests of kafscale_s3_requests_total cost by the price list of S3 Standard in us-east-1, US dollars; storage and traffic not included',
      labelNames: ['operation'],
      registers,
    });
    this.uploadedBytes = new Counter({
      name: 'kafscale_s3_uploaded_bytes_total',
      help: 'Bytes of the objects written',
      registers,
    });
    this.downloadedBytes = new Counter({
      name: 'kafscale_s3_downloaded_bytes_total',
      help: 'Bytes read from objects',
      registers,
    });
    this.uploadDuration = new Histogram({
      name: 'kafscale_s3_upload_duration_ms',
      help: 'Duration of writes to the object store, of whatever kind it is, ms; failed ones too',
      buckets: LATENCY_BUCKETS_MS,
      registers,
    });
    this.downloadDuration = new Histogram({
      name: 'kafscale_s3_download_duration_ms',
      help: 'Duration of reads from the object store, of whatever kind it is, ms; failed ones too',
      buckets: LATENCY_BUCKETS_MS,
      registers,
    });
    for (const operation of STORE_OPERATIONS) {
      for (const status of STORE_STATUSES) this.requests.inc({ operation, status }, 0);
      this.cost.inc({ operation }, 0);
    }
  }

  storeRequest({ operation, status, durationMs, requests = 1, bytes = 0 }: StoreRequest): void {
    this.requests.inc({ operation, status }, requests);
    if (BILLED.has(status)) this.cost.inc({ operation }, requests * PRICES[operation]);
    // How long somebody waited who gave up says nothing of the store.
    if (status === 'aborted') return;
    if (operation === 'put') {
      this.uploadDuration.observe(durationMs);
      if (status === 'success') this.uploadedBytes.inc(bytes);
    }
    if (operation === 'get') {
      this.downloadDuration.observe(durationMs);
      this.downloadedBytes.inc(bytes);
    }
  }
}
