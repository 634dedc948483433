import { status } from '@grpc/grpc-js';
import { Controller, Inject } from '@nestjs/common';
import { GrpcMethod, RpcException } from '@nestjs/microservices';
import type { BrokerConfig } from '../config/broker-config.js';
import { BROKER_CONFIG } from '../config/config.module.js';
import { VERSION } from '../config/version.js';
import { Readiness } from '../health/readiness.js';
import { PARTITION_OPERATIONS, type PartitionOperations } from './partition-operations.js';

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
    @Inject(PARTITION_OPERATIONS) private readonly operations: PartitionOperations,
  ) {}

  @GrpcMethod('BrokerControl', 'GetStatus')
  async getStatus() {
    const problems = await this.readiness.problems();
    return {
      brokerId: String(this.config.brokerId),
      version: VERSION,
      ready: problems.length === 0,
      partitions: this.operations.partitions().map((partition) => ({ ...partition, leader: true, state: 'online' })),
    };
  }

  /** Flushes the broker: one WAL object holds all partitions, so none can be flushed without the others. */
  @GrpcMethod('BrokerControl', 'TriggerFlush')
  async triggerFlush(request: TriggerFlushRequest): Promise<{ flushed: readonly PartitionRef[] }> {
    const led = this.operations.partitions().map(({ topic, partition }) => ({ topic, partition }));
    const flushed = request.allAssigned ? led : led.filter((ref) => request.partitions?.some(sameAs(ref)));
    await this.operations.flush().catch((error: unknown) => {
      throw new RpcException({ code: status.UNAVAILABLE, message: `flush failed: ${String(error)}` });
    });
    return { flushed };
  }
}

function sameAs(one: PartitionRef): (other: PartitionRef) => boolean {
  return (other) => other.topic === one.topic && other.partition === one.partition;
}
