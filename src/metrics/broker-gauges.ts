import type { Gauges } from './gauges.js';

/** What the Kafka server knows of its connections and of the memory that requests take. */
export interface ConnectionState {
  readonly connectionCount: number;
  readonly maxConnections: number;
  readonly budget: { readonly usedBytes: number; readonly limitBytes: number; readonly waitingCount: number };
}

/** Connections and the requests that they hold in memory, with their bounds. */
export function addConnectionGauges(gauges: Gauges, server: ConnectionState): void {
  gauges.add('kafscale_connections', 'Connections of Kafka clients', () => server.connectionCount);
  gauges.add('kafscale_connections_max', 'Connections that the broker takes at most', () => server.maxConnections);
  gauges.add('kafscale_inflight_bytes', 'Bytes of requests that are not answered yet', () => server.budget.usedBytes);
  const bound = 'Bytes of unanswered requests at which the broker stops reading from producers';
  gauges.add('kafscale_inflight_bytes_max', bound, () => server.budget.limitBytes);
  gauges.add(
    'kafscale_requests_waiting_for_memory',
    'Requests that are not read because kafscale_inflight_bytes is at its bound',
    () => {
      return server.budget.waitingCount;
    },
  );
}

/** What the partition logs know of themselves. */
export interface LogsState {
  readonly openCount: number;
  readonly openingCount: number;
  readonly walFooters: number;
  readonly tailCacheBytes: number;
  readonly reader: { readonly usedBytes: number };
}

/** Partitions, their caches, and what a restart would have to read. */
export function addLogGauges(gauges: Gauges, logs: LogsState, cacheBytes: number): void {
  gauges.add('kafscale_partitions', 'Partitions that this broker leads and serves', () => logs.openCount);
  gauges.add('kafscale_partitions_opening', 'Partitions that this broker leads and cannot serve yet', () => {
    return logs.openingCount;
  });
  gauges.add('kafscale_wal_footers', 'WAL objects whose footers a restart would read', () => logs.walFooters);
  const about = 'Bytes of records in memory: of the newest WAL objects (tail), and what was read back (blocks)';
  gauges.addEach('kafscale_cache_bytes', about, 'cache', () => ({
    tail: logs.tailCacheBytes,
    blocks: logs.reader.usedBytes,
  }));
  gauges.add('kafscale_cache_bytes_max', 'Bytes that both caches together may hold', () => cacheBytes);
}

/** What compaction has still to do. */
export interface CompactionBacklog {
  readonly bytes: number;
  readonly extents: number;
  /** Of the oldest records that are in no segment yet, ms. */
  readonly oldestAgeMs: number;
}

/** Records that are in the WAL only. */
export function addCompactionGauges(gauges: Gauges, backlog: () => CompactionBacklog): void {
  gauges.add('kafscale_compaction_backlog_bytes', 'Bytes of records that are in no segment yet', () => backlog().bytes);
  gauges.add('kafscale_compaction_backlog_extents', 'Runs of records that are in no segment yet', () => {
    return backlog().extents;
  });
  gauges.add(
    'kafscale_compaction_backlog_age_seconds',
    'Age of the oldest records that are in no segment yet, seconds',
    () => backlog().oldestAgeMs / 1000,
  );
}

/** Whether the broker serves, and as what. */
export interface MembershipState {
  /** Clients can connect, and it is neither draining nor stopping. */
  readonly isServing: boolean;
  /** It holds a live incarnation. */
  readonly isLive: boolean;
}

export function addMembershipGauges(gauges: Gauges, membership: MembershipState): void {
  const ready = '1 while clients can connect and the broker is neither draining nor stopping, else 0';
  gauges.add('kafscale_broker_ready', ready, () => (membership.isServing ? 1 : 0));
  const member = '1 while the broker is a live member of its cluster and may acknowledge records, else 0';
  gauges.add('kafscale_broker_member', member, () => (membership.isLive ? 1 : 0));
}

/** Samples that others have reported by StreamMetrics. */
export interface ReportedSamples {
  readonly count: number;
  /** Undefined when there were none. */
  readonly lastAgeMs: number | undefined;
}

/** Whether those who watch brokers from outside still report. */
export function addReportedMetrics(gauges: Gauges, samples: ReportedSamples): void {
  gauges.add('kafscale_reported_samples', 'Samples taken by StreamMetrics since the start', () => samples.count);
  gauges.add(
    'kafscale_reported_sample_age_seconds',
    'Seconds since the last sample came by StreamMetrics; -1: none did',
    () => (samples.lastAgeMs === undefined ? -1 : samples.lastAgeMs / 1000),
  );
}
