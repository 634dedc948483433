import { status } from '@grpc/grpc-js';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod, RpcException } from '@nestjs/microservices';
import type { BrokerConfig } from '../config/broker-config.js';
import { BROKER_CONFIG } from '../config/config.module.js';
import { VERSION } from '../config/version.js';
import { Readiness } from '../health/readiness.js';
import { PartitionLogs } from '../log/partition-logs.js';

interface PartitionRef {
  readonly topic: string;
  readonly partition: number;
}

interface TriggerFlushRequest {
  readonly partitions?: readonly PartitionRef[];
  readonly allAssigned: boolean;
}

/**
 * The service `kafscale.control.BrokerControl`: GetStatus and TriggerFlush. The calls that move partitions between
 * brokers have no handler, so gRPC answers them UNIMPLEMENTED.
 */
@Controller()
export class BrokerControlController {
  constructor(
    @Inject(BROKER_CONFIG) private readonly config: BrokerConfig,
    @Inject(Readiness) private readonly readiness: Readiness,
    @Inject(PartitionLogs) private readonly logs: Pick<PartitionLogs, 'all' | 'flush'>,
  ) {}

  @GrpcMethod('BrokerControl', 'GetStatus')
  async getStatus() {
    const problems = await this.readiness.problems();
    return {
      brokerId: String(this.config.brokerId),
      version: VERSION,
      ready: problems.length === 0,
      partitions: Array.from(this.logs.all(), (log) => ({
        topic: log.topicName,
        partition: log.partition,
        leader: true,
        state: 'online',
        logStartOffset: log.logStartOffset,
        logEndOffset: log.logEndOffset,
        highWatermark: log.highWatermark,
      })),
    };
  }

  /** Flushes the broker: one WAL object holds all partitions, so none can be flushed without the others. */
  @GrpcMethod('BrokerControl', 'TriggerFlush')
  async triggerFlush(request: TriggerFlushRequest): Promise<{ flushed: readonly PartitionRef[] }> {
    const led = Array.from(this.logs.all(), ({ topicName, partition }) => ({ topic: topicName, partition }));
    const flushed = request.allAssigned ? led : led.filter((ref) => request.partitions?.some(sameAs(ref)));
    await this.logs.flush().catch((error: unknown) => {
      throw new RpcException({ code: status.UNAVAILABLE, message: `flush failed: ${String(error)}` });
    });
    return { flushed };
  }
}

function sameAs(one: PartitionRef): (other: PartitionRef) => boolean {
  return (other) => other.topic === one.topic && other.partition === one.partition;
}
