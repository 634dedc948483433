/*
 * DeleteGroups: deletes groups that have no members, with their offsets, each with its own result.
 *
 * - With members: NON_EMPTY_GROUP; not there: GROUP_ID_NOT_FOUND. From v3 a message says so.
 */
import type { GroupCoordinator } from '../../groups/group-coordinator.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { DeleteGroups } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';

type Request = RequestOf<typeof DeleteGroups>;
type Response = ResponseInput<typeof DeleteGroups>;
type Result = Response['results'][number];

@KafkaApi(DeleteGroups)
export class DeleteGroupsHandler implements KafkaApiHandler<typeof DeleteGroups> {
  constructor(private readonly coordinator: GroupCoordinator) {}

  async handle({ groupsNames }: Request): Promise<Response> {
    // A group that is named twice is deleted once, and has one result.
    const results = [...new Set(groupsNames)].map((groupId) => this.deleteOne(groupId));
    return { results: await Promise.all(results) };
  }

  errorResponse({ groupsNames }: Request, code: ErrorCode, message: string): Response {
    return { results: groupsNames.map((groupId) => ({ groupId, errorCode: code, errorMessage: message })) };
  }

  private async deleteOne(groupId: string): Promise<Result> {
    try {
      await this.coordinator.delete(groupId);
      return { groupId, errorCode: ErrorCode.NONE };
    } catch (error) {
      if (error instanceof KafkaError) return { groupId, errorCode: error.code, errorMessage: error.message };
      throw error;
    }
  }
}
