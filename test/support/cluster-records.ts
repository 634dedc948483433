import { ClusterMirror } from '../../src/cluster/cluster-mirror.js';
import { ClusterView } from '../../src/cluster/cluster-view.js';
import { silentLogger } from '../../src/logging/logger.js';
import { EmbeddedMetadataStore } from '../../src/metadata/embedded-metadata-store.js';
import { assignmentKey, brokerKey, incarnationKey } from '../../src/metadata/keys.js';
import {
  encodeBrokerRegistration,
  encodeIncarnationRecord,
  encodePartitionAssignment,
} from '../../src/metadata/records.js';
import { GroupConfigs } from '../../src/metadata/group-configs.js';
import { TopicCatalogue } from '../../src/metadata/topic-catalogue.js';
import { TopicDefaults } from '../../src/metadata/topic-defaults.js';
import type { RequestContext } from '../../src/protocol/transport/index.js';
import { systemClock } from '../../src/time/clock.js';

export const CLUSTER_ID = 'rQ1bZ2a-RkSx8mJm3m0Q1w';

/** What handlers know of a cluster, on a metadata store in memory: this broker has id 1, and leads what it is told to. */
export class ClusterRecords {
  readonly store = EmbeddedMetadataStore.inMemory();
  readonly catalogue = new TopicCatalogue(this.store, systemClock, silentLogger);
  readonly topicDefaults = new TopicDefaults(this.store, systemClock, silentLogger);
  readonly groupConfigs = new GroupConfigs(this.store, systemClock, silentLogger);
  readonly view = new ClusterView(new ClusterMirror(this.store, silentLogger), CLUSTER_ID, 1, systemClock, () => true);

  static async open(): Promise<ClusterRecords> {
    const records = new ClusterRecords();
    await records.catalogue.start();
    await records.topicDefaults.start();
    await records.groupConfigs.start();
    await records.view.start();
    return records;
  }

  async registerBroker(id: number, more: { minFormatLevel?: number; maxFormatLevel?: number } = {}): Promise<void> {
    const registration = {
      brokerId: String(id),
      host: `broker-${id}.example`,
      port: 9092,
      rack: '',
      startedAt: '',
      lastHeartbeat: '',
      version: '',
      incarnationId: `incarnation-${id}`,
      ...more,
    };
    await this.put(brokerKey(id), encodeBrokerRegistration(registration));
    const { incarnationId, brokerId, startedAt } = registration;
    await this.put(incarnationKey(incarnationId), encodeIncarnationRecord({ incarnationId, brokerId, startedAt }));
  }

  async assign(topic: string, partition: number, brokerId: number, epoch: number): Promise<void> {
    const incarnationId = `incarnation-${brokerId}`;
    const tenures = [{ incarnationId, epoch, fromOffset: 0, toOffset: null }];
    const assignment = { brokerId: String(brokerId), epoch, assignedAt: '', incarnationId, tenures };
    await this.put(assignmentKey(topic, partition), encodePartitionAssignment(assignment));
  }

  async close(): Promise<void> {
    this.view.close();
    this.catalogue.close();
    this.topicDefaults.close();
    this.groupConfigs.close();
    await this.store.close();
  }

  private async put(key: string, value: Buffer): Promise<void> {
    await this.store.txn({ compare: [], success: [{ type: 'put', key, value }] });
  }
}

/** A request's context, for handlers that look at its version only. */
export function contextOf(apiVersion: number): RequestContext {
  return {
    apiKey: 0,
    apiVersion,
    correlationId: 1,
    clientId: 'test',
    clientHost: '127.0.0.1',
    localAddress: '127.0.0.1',
    localPort: 9092,
    connectionId: 1,
    closed: new AbortController().signal,
    shutdown: new AbortController().signal,
    receivedAt: 0,
    requestBytes: 0,
  };
}
