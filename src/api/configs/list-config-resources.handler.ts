/*
 * ListConfigResources: the resources that have a configuration of their own (KIP-714, KIP-1142).
 *
 * - v0 lists client metrics only; there are none. v1+ lists the kinds that are asked for, or all.
 * - Topics, brokers and their loggers, groups that have configurations of their own; client metrics have none here.
 *   Another kind: UNSUPPORTED_VERSION.
 */
import type { ClusterView } from '../../cluster/cluster-view.js';
import type { GroupConfigs } from '../../metadata/group-configs.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { ListConfigResources } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler, type RequestContext } from '../../protocol/transport/index.js';
import { ResourceType } from './config-entries.js';

type Request = RequestOf<typeof ListConfigResources>;
type Response = ResponseInput<typeof ListConfigResources>;

const FIRST_VERSION_WITH_TYPES = 1;
const ALL_TYPES: readonly number[] = Object.values(ResourceType);

@KafkaApi(ListConfigResources)
export class ListConfigResourcesHandler implements KafkaApiHandler<typeof ListConfigResources> {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly cluster: ClusterView,
    private readonly groups: GroupConfigs,
  ) {}

  handle({ resourceTypes }: Request, { apiVersion }: RequestContext): Response {
    const unknown = resourceTypes.find((type) => !ALL_TYPES.includes(type));
    if (unknown !== undefined) {
      throw new KafkaError(ErrorCode.UNSUPPORTED_VERSION, `Resources of type ${unknown} cannot be listed.`);
    }
    const asked = resourceTypes.length > 0 ? new Set(resourceTypes) : ALL_TYPES;
    const types = apiVersion < FIRST_VERSION_WITH_TYPES ? [ResourceType.CLIENT_METRICS] : [...asked];
    const configResources = types.flatMap((resourceType) =>
      this.namesOf(resourceType).map((resourceName) => ({ resourceName, resourceType })),
    );
    return { errorCode: ErrorCode.NONE, configResources };
  }

  errorResponse(_request: Request, code: ErrorCode): Response {
    return { errorCode: code, configResources: [] };
  }

  private namesOf(resourceType: number): string[] {
    switch (resourceType) {
      case ResourceType.TOPIC:
        return this.catalogue.all().map(({ name }) => name);
      case ResourceType.BROKER:
      case ResourceType.BROKER_LOGGER:
        return this.cluster.brokers().map(({ id }) => String(id));
      case ResourceType.GROUP:
        return this.groups.groupIds();
      default:
        return [];
    }
  }
}
