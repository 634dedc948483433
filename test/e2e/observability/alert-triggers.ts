/** What happens to the series whose lines match, from the first scrape on. */
export interface Trigger {
  readonly series: RegExp;
  /** @param index of the scrape; @param value what the broker really said */
  readonly becomes: (index: number, value: number) => number;
}

const always = (series: RegExp, value: number): Trigger => ({ series, becomes: () => value });
const grows = (series: RegExp, step: number): Trigger => ({ series, becomes: (index, value) => value + index * step });

/** For each alert what makes it fire, on what a healthy broker has told. */
export const alertTriggers: Readonly<Record<string, readonly Trigger[]>> = {
  KafscaleBrokerDown: [always(/^up /, 0)],
  KafscaleBrokerNotReady: [always(/^kafscale_broker_ready /, 0)],
  KafscaleBrokerNotMember: [always(/^kafscale_broker_member /, 0), grows(/^kafscale_broker_uptime_seconds /, 60)],
  KafscaleBrokerRestarts: [{ series: /^kafscale_broker_uptime_seconds /, becomes: (index) => 100 - index }],
  KafscaleLeaseLost: [grows(/^kafscale_metadata_leases_lost_total /, 1)],
  KafscaleControllerCount: [always(/^kafscale_controller_active /, 0)],
  KafscalePartitionsWithoutLeader: [always(/^kafscale_controller_vacant_partitions /, 2)],
  KafscalePartitionsCannotOpen: [
    grows(/^kafscale_partition_open_failures_total /, 3),
    always(/^kafscale_partitions_opening /, 1),
  ],
  KafscaleObjectStoreUnavailable: [always(/^kafscale_s3_health_state\{state="unavailable"\}/, 1)],
  KafscaleObjectStoreDegraded: [always(/^kafscale_s3_health_state\{state="degraded"\}/, 1)],
  KafscaleObjectStoreThrottled: [grows(/^kafscale_s3_requests_total\{operation="put",status="slow_down"\}/, 30)],
  KafscaleObjectStoreDenied: [grows(/^kafscale_s3_requests_total\{operation="delete",status="denied"\}/, 1)],
  KafscaleMetadataStoreUnavailable: [
    grows(/^kafscale_metadata_requests_total\{operation="txn",status="unavailable"\}/, 1000),
  ],
  KafscaleMetadataStoreSlow: [
    grows(/^kafscale_metadata_request_duration_ms_bucket\{le="(\+Inf|30000|10000)",operation="txn"\}/, 1e6),
  ],
  KafscaleProduceSlow: [grows(/^kafscale_produce_latency_ms_bucket\{le="(\+Inf|30000|10000)"\}/, 1e6)],
  KafscaleProduceFails: [grows(/^kafscale_partition_errors_total\{api="Produce",error="REQUEST_TIMED_OUT"\}/, 60)],
  KafscaleFetchFails: [grows(/^kafscale_partition_errors_total\{api="Fetch",error="KAFKA_STORAGE_ERROR"\}/, 60)],
  KafscaleInternalErrors: [grows(/^kafscale_request_errors_total\{api="Fetch",error="UNKNOWN_SERVER_ERROR"\}/, 1)],
  KafscaleMemoryForRequestsFull: [always(/^kafscale_requests_waiting_for_memory /, 3)],
  KafscaleConnectionsNearLimit: [always(/^kafscale_connections /, 9000)],
  KafscaleConnectionsTurnedAway: [grows(/^kafscale_connections_rejected_total\{reason="limit"\}/, 1)],
  KafscaleConsumerGroupBehind: [grows(/^kafscale_consumer_group_lag\{/, 20_000)],
  KafscaleCompactionBehind: [always(/^kafscale_compaction_backlog_age_seconds /, 100_000)],
  KafscaleCompactionFails: [grows(/^kafscale_compaction_failures_total\{kind="merge"\}/, 2)],
  KafscaleCleanupFails: [grows(/^kafscale_cleanup_failures_total\{task="orphans"\}/, 3)],
  KafscaleSegmentsDamaged: [grows(/^kafscale_segments_damaged_total /, 1)],
  KafscaleSegmentsMissing: [grows(/^kafscale_log_start_moves_total\{reason="missing"\}/, 1)],
  KafscaleEventLoopBlocked: [always(/^kafscale_event_loop_delay_ms\{quantile="0.99"\}/, 900)],
};

/** What was scraped, as it would have been had this happened. */
export function withTriggers(texts: readonly string[], triggers: readonly Trigger[]): string[] {
  return texts.map((text, index) =>
    text
      .split('\n')
      .map((line) => {
        const trigger = triggers.find(({ series }) => series.test(line));
        if (trigger === undefined) return line;
        const at = line.lastIndexOf(' ');
        return `${line.slice(0, at)} ${trigger.becomes(index, Number(line.slice(at + 1)))}`;
      })
      .join('\n'),
  );
}
