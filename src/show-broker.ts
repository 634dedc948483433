import type { INestApplication } from '@nestjs/common';
import { Registry } from 'prom-client';
import { BrokerSession } from './cluster/broker-session.js';
import type { BrokerConfig } from './config/broker-config.js';
import { GroupDirectory } from './groups/group-directory.js';
import { Readiness } from './health/readiness.js';
import { Janitor } from './log/cleanup/janitor.js';
import { Compactor } from './log/compaction/compactor.js';
import { PartitionLogs } from './log/partition-logs.js';
import {
  addCompactionGauges,
  addConnectionGauges,
  addLogGauges,
  addMembershipGauges,
} from './metrics/broker-gauges.js';
import { addGroupGauges, PARTITION_ENDS, type PartitionEnds } from './metrics/consumer-lag.js';
import { CleanupMetrics } from './metrics/cleanup-metrics.js';
import { Gauges } from './metrics/gauges.js';
import { KafkaServer } from './protocol/transport/index.js';

/** Adds the gauges of what the parts of a broker know of themselves. */
export function showBroker(app: INestApplication, config: BrokerConfig): void {
  const gauges = app.get(Gauges);
  const [session, readiness] = [app.get(BrokerSession), app.get(Readiness)];
  addConnectionGauges(gauges, app.get(KafkaServer));
  addGroupGauges(app.get(Registry), app.get(GroupDirectory), app.get<PartitionEnds>(PARTITION_ENDS));
  addCompactionGauges(gauges, () => app.get(Compactor).backlog);
  addLogGauges(gauges, app.get(PartitionLogs), config.log.cacheBytes);
  addMembershipGauges(gauges, {
    get isServing() {
      return readiness.isServing && !session.isDraining;
    },
    get isLive() {
      return session.isLive;
    },
  });
  app.get(CleanupMetrics).addWalGauge(() => app.get(Janitor).keptWalObjects);
}
