import { status } from '@grpc/grpc-js';
import { Controller, Inject, UseGuards } from '@nestjs/common';
import { GrpcMethod, GrpcStreamMethod, RpcException } from '@nestjs/microservices';
import { count, map, type Observable } from 'rxjs';
import { BrokerSession } from '../cluster/broker-session.js';
import { ClusterMirror } from '../cluster/cluster-mirror.js';
import { ClusterView } from '../cluster/cluster-view.js';
import { VERSION } from '../config/version.js';
import { Readiness } from '../health/readiness.js';
import { PartitionLogs } from '../log/partition-logs.js';
import { METADATA_STORE } from '../metadata/metadata.module.js';
import type { MetadataStore } from '../metadata/metadata-store.js';
import { listBrokers } from './broker-list.js';
import { ControlTokenGuard } from './control-token.guard.js';
import type {
  BrokerStatus,
  ListBrokersResponse,
  MetricsSample,
  PartitionRef,
  TriggerFlushRequest,
  TriggerFlushResponse,
} from './messages.js';
import { orUnavailable } from './or-unavailable.js';
import { partitionStatuses } from './partition-statuses.js';
import { ReportedMetrics } from './reported-metrics.js';

/** The service `kafscale.control.BrokerControl`, but for drains and format levels. */
@Controller()
export class BrokerControlController {
  constructor(
    @Inject(Readiness) private readonly readiness: Pick<Readiness, 'problems'>,
    @Inject(PartitionLogs) private readonly logs: Pick<PartitionLogs, 'all' | 'opening' | 'flush'>,
    @Inject(ClusterView) private readonly view: Pick<ClusterView, 'selfId'>,
    @Inject(ClusterMirror) private readonly mirror: Pick<ClusterMirror, 'assignedTo'>,
    @Inject(BrokerSession) private readonly session: Pick<BrokerSession, 'incarnationId' | 'isDraining'>,
    @Inject(METADATA_STORE) private readonly metadata: MetadataStore,
    @Inject(ReportedMetrics) private readonly reported: ReportedMetrics,
  ) {}

  @GrpcMethod('BrokerControl', 'GetStatus')
  async getStatus(): Promise<BrokerStatus> {
    const problems = await this.readiness.problems();
    const { incarnationId, isDraining } = this.session;
    const given = incarnationId === undefined ? [] : this.mirror.assignedTo(incarnationId);
    return {
      brokerId: String(this.view.selfId),
      version: VERSION,
      ready: problems.length === 0,
      partitions: partitionStatuses(this.logs, given),
      problems,
      draining: isDraining,
    };
  }

  /** Flushes the broker: one WAL object holds all partitions, so none can be flushed without the others. */
  @UseGuards(ControlTokenGuard)
  @GrpcMethod('BrokerControl', 'TriggerFlush')
  async triggerFlush({ partitions, allAssigned }: TriggerFlushRequest): Promise<TriggerFlushResponse> {
    const led = Array.from(this.logs.all(), ({ topicName, partition }) => ({ topic: topicName, partition }));
    const asked = new Set(partitions.map(nameOf));
    await orUnavailable('flush failed', this.logs.flush());
    return { flushed: allAssigned ? led : led.filter((ref) => asked.has(nameOf(ref))) };
  }

  @GrpcStreamMethod('BrokerControl', 'StreamMetrics')
  streamMetrics(samples: Observable<MetricsSample>): Observable<{ message: string }> {
    return samples.pipe(
      map((sample, index) => {
        const problem = this.reported.take(sample);
        if (problem === undefined) return index;
        throw new RpcException({ code: status.INVALID_ARGUMENT, message: `sample ${index + 1}: ${problem}` });
      }),
      count(),
      map((taken) => ({ message: `${taken} ${taken === 1 ? 'sample' : 'samples'} taken` })),
    );
  }

  @GrpcMethod('BrokerControl', 'ListBrokers')
  async listBrokers(): Promise<ListBrokersResponse> {
    return { brokers: await orUnavailable('the metadata store does not answer', listBrokers(this.metadata)) };
  }
}

function nameOf({ topic, partition }: PartitionRef): string {
  return `${topic}/${partition}`;
}
