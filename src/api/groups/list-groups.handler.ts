/*
 * ListGroups: the groups that this broker coordinates.
 *
 * - v4+ may ask for some states only (KIP-518), v5+ for some types (KIP-848); case doesn't matter, and what isn't known
 *   fits no group.
 */
import type { GroupCoordinator } from '../../groups/group-coordinator.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode } from '../../protocol/errors.js';
import { ListGroups } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';

type Request = RequestOf<typeof ListGroups>;
type Response = ResponseInput<typeof ListGroups>;

@KafkaApi(ListGroups)
export class ListGroupsHandler implements KafkaApiHandler<typeof ListGroups> {
  constructor(private readonly coordinator: GroupCoordinator) {}

  handle({ statesFilter, typesFilter }: Request): Response {
    const groups = this.coordinator
      .list()
      .filter(({ state, type }) => fits(state, statesFilter) && fits(type, typesFilter))
      .map(({ groupId, protocolType, state, type }) => ({ groupId, protocolType, groupState: state, groupType: type }));
    return { errorCode: ErrorCode.NONE, groups };
  }

  errorResponse(_request: Request, code: ErrorCode): Response {
    return { errorCode: code, groups: [] };
  }
}

function fits(value: string, filter: readonly string[]): boolean {
  return filter.length === 0 || filter.some((wanted) => wanted.toLowerCase() === value.toLowerCase());
}
