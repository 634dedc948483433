/*
 * UpdateFeatures: finalizes the cluster's format level, by the name of kafscale.format.version (KIP-584, KIP-778).
 *
 * - Upgrades only: a finalized level is never lowered, also not by an unsafe downgrade.
 * - Whatever else is asked for: INVALID_UPDATE_VERSION, of the request as a whole, and nothing is done.
 */
import { finalizeFormatLevel, FormatLevelRefusedError } from '../../cluster/finalize-format-level.js';
import type { Logger } from '../../logging/logger.js';
import type { MetadataStore } from '../../metadata/metadata-store.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { UpdateFeatures } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler, type RequestContext } from '../../protocol/transport/index.js';
import { systemClock } from '../../time/clock.js';
import { asKafkaError, requireAdminApis, type AdminOptions } from '../admin-requests.js';
import { FORMAT_FEATURE } from './api-versions.handler.js';

type Request = RequestOf<typeof UpdateFeatures>;
type Response = ResponseInput<typeof UpdateFeatures>;
type Update = Request['featureUpdates'][number];

const FIRST_VERSION_WITHOUT_RESULTS = 2;
/** KIP-778; before v1 there is a flag for the other two. */
const UPGRADE = 1;

@KafkaApi(UpdateFeatures)
export class UpdateFeaturesHandler implements KafkaApiHandler<typeof UpdateFeatures> {
  constructor(
    private readonly store: MetadataStore,
    private readonly logger: Logger,
    private readonly options: AdminOptions,
  ) {}

  async handle({ featureUpdates, validateOnly }: Request, { apiVersion }: RequestContext): Promise<Response> {
    requireAdminApis(this.options, 'update features');
    const [update, ...others] = featureUpdates;
    if (update !== undefined) await this.update(update, others, validateOnly);
    const results = featureUpdates.map(({ feature }) => ({ feature, errorCode: ErrorCode.NONE, errorMessage: null }));
    const isAnsweredEach = apiVersion < FIRST_VERSION_WITHOUT_RESULTS;
    return { errorCode: ErrorCode.NONE, errorMessage: null, ...(isAnsweredEach && { results }) };
  }

  errorResponse(_request: Request, errorCode: ErrorCode, errorMessage: string): Response {
    return { errorCode, errorMessage, results: [] };
  }

  /** @throws KafkaError */
  private async update(update: Update, others: readonly Update[], dryRun: boolean): Promise<void> {
    const { feature, maxVersionLevel, upgradeType, allowDowngrade } = update;
    const stranger = [update, ...others].find((each) => each.feature !== FORMAT_FEATURE);
    if (stranger !== undefined) throw invalid(`There is no feature ${stranger.feature} that could be updated.`);
    if (others.length > 0) throw invalid(`${feature} is there twice.`);
    if (upgradeType !== UPGRADE || allowDowngrade) throw invalid(`${feature} is never lowered.`);
    try {
      const level = await finalizeFormatLevel(this.store, maxVersionLevel, systemClock, { dryRun });
      if (!dryRun) this.logger.info({ event: 'format_level_finalized', level }, 'format level finalized');
    } catch (error) {
      if (error instanceof FormatLevelRefusedError) throw invalid(error.message);
      throw asKafkaError(error);
    }
  }
}

function invalid(message: string): KafkaError {
  return new KafkaError(ErrorCode.INVALID_UPDATE_VERSION, message);
}
