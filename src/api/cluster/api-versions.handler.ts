/*
 * ApiVersions: tells which APIs and versions this broker serves (I9: what is not served is not listed).
 *
 * - A version that is not known is answered by the transport, in v0 with UNSUPPORTED_VERSION.
 * - v3+: the client's name and version must be of letters, digits, dots and dashes, else INVALID_REQUEST (KIP-511).
 * - v5: a client that meant another cluster or broker is told to bootstrap again (KIP-1242): addresses of pods are
 *   reused. Java's clients name a broker that is their group coordinator 2^31 − 1 − id.
 * - The feature group.version says that groups may use the consumer protocol (KIP-848). What it may be set to is told
 *   from v4 only: older clients cannot bear a range that begins with 0.
 * - The feature kafscale.format.version is the cluster's format level. As it is all that is ever finalized, and only rises, it
 *   is the epoch of the finalized features as well.
 */
import type { ClusterView } from '../../cluster/cluster-view.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { formatLevel, SUPPORTED_FORMAT_LEVELS } from '../../formats/format-level.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { ApiVersions, ConsumerGroupHeartbeat } from '../../protocol/schema/index.js';
import {
  KafkaApi,
  type HandlerTable,
  type KafkaApiHandler,
  type RequestContext,
} from '../../protocol/transport/index.js';

type Request = RequestOf<typeof ApiVersions>;
type Response = ResponseInput<typeof ApiVersions>;

const FIRST_VERSION_WITH_SOFTWARE = 3;
/** By which tools know the format level. */
export const FORMAT_FEATURE = 'kafscale.format.version';
const SOFTWARE = /^[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?$/;
const FIRST_VERSION_WITH_FEATURES_FROM_0 = 4;
const COORDINATOR_ALIAS_BASE = 2 ** 31 - 1;

@KafkaApi(ApiVersions)
export class ApiVersionsHandler implements KafkaApiHandler<typeof ApiVersions> {
  constructor(
    private readonly handlers: HandlerTable,
    private readonly cluster: ClusterView,
  ) {}

  handle(request: Request, { apiVersion }: RequestContext): Response {
    if (apiVersion >= FIRST_VERSION_WITH_SOFTWARE) checkSoftware(request);
    if (!this.isMeant(request)) {
      throw new KafkaError(ErrorCode.REBOOTSTRAP_REQUIRED, 'the client meant another cluster or broker');
    }
    const apiKeys = this.handlers.advertised();
    const isServed = apiKeys.some(({ apiKey }) => apiKey === ConsumerGroupHeartbeat.key);
    const features = isServed ? [CONSUMER_GROUPS, formats()] : [formats()];
    const hasRange = ({ min }: Feature) => min > 0 || apiVersion >= FIRST_VERSION_WITH_FEATURES_FROM_0;
    return {
      errorCode: ErrorCode.NONE,
      apiKeys,
      supportedFeatures: features
        .filter(hasRange)
        .map(({ name, min, max }) => ({ name, minVersion: min, maxVersion: max })),
      finalizedFeaturesEpoch: formatLevel(),
      finalizedFeatures: features.map(({ name, level }) => ({ name, minVersionLevel: level, maxVersionLevel: level })),
    };
  }

  errorResponse(_request: Request, code: ErrorCode): Response {
    return { errorCode: code, apiKeys: [] };
  }

  private isMeant({ clusterId, nodeId }: Request): boolean {
    const { selfId } = this.cluster;
    if (clusterId !== null && clusterId !== this.cluster.clusterId) return false;
    return nodeId === -1 || nodeId === selfId || nodeId === COORDINATOR_ALIAS_BASE - selfId;
  }
}

function checkSoftware({ clientSoftwareName, clientSoftwareVersion }: Request): void {
  if (SOFTWARE.test(clientSoftwareName) && SOFTWARE.test(clientSoftwareVersion)) return;
  throw new KafkaError(ErrorCode.INVALID_REQUEST, 'the name or version of the client software is not well-formed');
}

interface Feature {
  readonly name: string;
  /** What may be finalized, inclusive. */
  readonly min: number;
  readonly max: number;
  /** What is. */
  readonly level: number;
}

/** Level 0 would mean that groups may not use the consumer protocol. */
const CONSUMER_GROUPS: Feature = { name: 'group.version', min: 0, max: 1, level: 1 };

function formats(): Feature {
  return { name: FORMAT_FEATURE, ...SUPPORTED_FORMAT_LEVELS, level: formatLevel() };
}
