import { status } from '@grpc/grpc-js';
import { Controller, Inject, UseGuards } from '@nestjs/common';
import { GrpcMethod, RpcException } from '@nestjs/microservices';
import { BrokerSession } from '../cluster/broker-session.js';
import { ClusterMirror } from '../cluster/cluster-mirror.js';
import type { PartitionId } from '../metadata/partition-id.js';
import type { BrokerConfig } from '../config/broker-config.js';
import { BROKER_CONFIG } from '../config/config.module.js';
import type { Logger } from '../logging/logger.js';
import { LOGGER } from '../logging/logging.module.js';
import { TopicCatalogue } from '../metadata/topic-catalogue.js';
import { ControlTokenGuard } from './control-token.guard.js';
import { deadlineOf, DrainRefusedError, partitionsToDrain } from './drain-request.js';
import type { DrainPartitionsRequest, DrainPartitionsResponse, PartitionRef } from './messages.js';

/** The calls of `kafscale.control.BrokerControl` by which a broker gives up what it has, and takes it again. */
@Controller()
@UseGuards(ControlTokenGuard)
export class DrainController {
  constructor(
    @Inject(BrokerSession) private readonly session: Pick<BrokerSession, 'drain' | 'undrain' | 'incarnationId'>,
    @Inject(ClusterMirror) private readonly mirror: Pick<ClusterMirror, 'assignment'>,
    @Inject(TopicCatalogue) private readonly topics: Pick<TopicCatalogue, 'get'>,
    @Inject(BROKER_CONFIG) private readonly config: Pick<BrokerConfig, 'brokerId' | 'drainTimeoutMs'>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @GrpcMethod('BrokerControl', 'DrainPartitions')
  async drainPartitions(request: DrainPartitionsRequest): Promise<DrainPartitionsResponse> {
    const drain = this.understood(request);
    const { reason } = request;
    const asked = drain.partitions?.length ?? 'all';
    this.logger.info({ event: 'drain_requested', partitions: asked, reason }, 'drain: giving partitions up');
    const { drained, pending } = await this.session.drain(drain);
    const counts = { drained: drained.length, pending: pending.length };
    this.logger.info({ event: 'drain_answered', ...counts }, 'drain: answered');
    return { drained: drained.map(refOf), pending: pending.map(refOf) };
  }

  @GrpcMethod('BrokerControl', 'UndrainBroker')
  async undrainBroker(): Promise<object> {
    this.logger.info({ event: 'undrain_requested' }, 'taking partitions again');
    await this.session.undrain();
    return {};
  }

  /** @throws RpcException NOT_FOUND, INVALID_ARGUMENT */
  private understood(request: DrainPartitionsRequest) {
    const { brokerId, drainTimeoutMs: defaultDeadlineMs } = this.config;
    const { topics, mirror } = this;
    const { incarnationId } = this.session;
    try {
      const deadlineMs = deadlineOf(request, defaultDeadlineMs);
      if (request.partitions.length === 0) return { deadlineMs };
      const context = { topics, mirror, brokerId, incarnationId };
      return { deadlineMs, partitions: partitionsToDrain(request.partitions, context) };
    } catch (error) {
      if (!(error instanceof DrainRefusedError)) throw error;
      const code = error.reason === 'not found' ? status.NOT_FOUND : status.INVALID_ARGUMENT;
      throw new RpcException({ code, message: error.message });
    }
  }
}

function refOf({ topicName, partition }: PartitionId): PartitionRef {
  return { topic: topicName, partition };
}
