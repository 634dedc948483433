import type { BrokerMetrics } from './broker-metrics.js';
import { longestLag, type GroupPosition, type PartitionEnds } from './consumer-lag.js';

/** What the Kafka server knows of its connections. */
export interface ConnectionState {
  readonly connectionCount: number;
  readonly budget: { readonly usedBytes: number };
}

/** What the coordinator knows of groups. */
export interface GroupsState {
  readonly size: number;
  positions(): Iterable<GroupPosition>;
}

/** Consumer groups, and how far behind they are. */
export function addGroupGauges(metrics: BrokerMetrics, groups: GroupsState, ends: PartitionEnds): void {
  metrics.gauge('kafscale_groups', 'Consumer groups that this broker coordinates', () => groups.size);
  metrics.gauge('kafscale_consumer_lag_max', 'Most records that any group has still to consume in a partition', () => {
    return longestLag(groups.positions(), ends);
  });
}

/** What the partition logs know of themselves. */
export interface LogsState {
  readonly walFooters: number;
  readonly openingCount: number;
}

/** What a restart would have to read, and the partitions that are not open yet. */
export function addLogGauges(metrics: BrokerMetrics, logs: LogsState): void {
  metrics.gauge('kafscale_partitions_opening', 'Partitions that this broker leads and cannot serve yet', () => {
    return logs.openingCount;
  });
  metrics.gauge('kafscale_wal_footers', 'WAL objects whose footers a restart would read', () => logs.walFooters);
}

/** Connections and the requests that they hold in memory. */
export function addBrokerGauges(metrics: BrokerMetrics, server: ConnectionState): void {
  metrics.gauge('kafscale_connections', 'Connections of Kafka clients', () => server.connectionCount);
  metrics.gauge('kafscale_inflight_bytes', 'Bytes of requests that are not answered yet', () => {
    return server.budget.usedBytes;
  });
}

/** What compaction has still to do. */
export interface CompactionBacklog {
  readonly bytes: number;
  readonly extents: number;
  /** Of the oldest records that are in no segment yet, ms. */
  readonly oldestAgeMs: number;
}

/** Records that are in the WAL only. */
export function addCompactionGauges(metrics: BrokerMetrics, backlog: () => CompactionBacklog): void {
  metrics.gauge('kafscale_compaction_backlog_bytes', 'Bytes of records that are in no segment yet', () => {
    return backlog().bytes;
  });
  metrics.gauge('kafscale_compaction_backlog_extents', 'Runs of records that are in no segment yet', () => {
    return backlog().extents;
  });
  metrics.gauge(
    'kafscale_compaction_backlog_age_seconds',
    'Age of the oldest records that are in no segment yet',
    () => backlog().oldestAgeMs / 1000,
  );
}

/** Samples that others have reported by StreamMetrics. */
export interface ReportedSamples {
  readonly count: number;
  /** Undefined when there were none. */
  readonly lastAgeMs: number | undefined;
}

/** Whether those who watch brokers from outside still report. */
export function addReportedMetrics(metrics: BrokerMetrics, samples: ReportedSamples): void {
  metrics.gauge('kafscale_reported_samples', 'Samples taken by StreamMetrics since the start', () => samples.count);
  metrics.gauge(
    'kafscale_reported_sample_age_seconds',
    'Since the last sample came by StreamMetrics; -1: none did',
    () => (samples.lastAgeMs === undefined ? -1 : samples.lastAgeMs / 1000),
  );
}
