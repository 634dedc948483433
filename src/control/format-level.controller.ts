import { status } from '@grpc/grpc-js';
import { Controller, Inject, UseGuards } from '@nestjs/common';
import { GrpcMethod, RpcException } from '@nestjs/microservices';
import { finalizeFormatLevel, FormatLevelRefusedError, readFormatLevels } from '../cluster/finalize-format-level.js';
import type { Logger } from '../logging/logger.js';
import { LOGGER } from '../logging/logging.module.js';
import { METADATA_STORE } from '../metadata/metadata.module.js';
import type { MetadataStore } from '../metadata/metadata-store.js';
import { systemClock } from '../time/clock.js';
import { ControlTokenGuard } from './control-token.guard.js';
import type {
  DescribeFormatLevelResponse,
  FinalizeFormatLevelRequest,
  FinalizeFormatLevelResponse,
} from './messages.js';
import { orUnavailable } from './or-unavailable.js';

const NO_ANSWER = 'the metadata store does not answer';

/** The calls of `kafscale.control.BrokerControl` about the cluster's format level. */
@Controller()
export class FormatLevelController {
  constructor(
    @Inject(METADATA_STORE) private readonly metadata: MetadataStore,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @GrpcMethod('BrokerControl', 'DescribeFormatLevel')
  async describeFormatLevel(): Promise<DescribeFormatLevelResponse> {
    const { finalized, highest, brokers } = await orUnavailable(NO_ANSWER, readFormatLevels(this.metadata));
    return {
      level: finalized.level,
      highestLevel: highest,
      brokers: brokers.map(({ brokerId, version, supported: { min, max } }) => {
        return { brokerId: String(brokerId), version, minLevel: min, maxLevel: max };
      }),
    };
  }

  @UseGuards(ControlTokenGuard)
  @GrpcMethod('BrokerControl', 'FinalizeFormatLevel')
  async finalizeFormatLevel({ level, dryRun }: FinalizeFormatLevelRequest): Promise<FinalizeFormatLevelResponse> {
    if (level < 0) throw new RpcException({ code: status.INVALID_ARGUMENT, message: 'levels begin with 1' });
    const target = level === 0 ? undefined : level;
    const finalizing = finalizeFormatLevel(this.metadata, target, systemClock, { dryRun }).catch(refused);
    const finalized = await orUnavailable(NO_ANSWER, finalizing);
    if (!dryRun) this.logger.info({ event: 'format_level_finalized', level: finalized }, 'format level finalized');
    return { level: finalized };
  }
}

/** @throws RpcException FAILED_PRECONDITION for what is refused; whatever else it is */
function refused(error: unknown): never {
  if (!(error instanceof FormatLevelRefusedError)) throw error;
  throw new RpcException({ code: status.FAILED_PRECONDITION, message: error.message });
}
