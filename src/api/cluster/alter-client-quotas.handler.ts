/*
 * AlterClientQuotas: sets and removes quotas of users, clients and addresses (KIP-546). There are no quotas: to set one
 * is refused with UNSUPPORTED_VERSION, to remove one succeeds, as for every quota that is not there.
 */
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode } from '../../protocol/errors.js';
import { AlterClientQuotas } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';

type Request = RequestOf<typeof AlterClientQuotas>;
type Response = ResponseInput<typeof AlterClientQuotas>;

@KafkaApi(AlterClientQuotas)
export class AlterClientQuotasHandler implements KafkaApiHandler<typeof AlterClientQuotas> {
  handle({ entries }: Request): Response {
    return {
      entries: entries.map(({ entity, ops }) => {
        const sets = ops.some(({ remove }) => !remove);
        return {
          errorCode: sets ? ErrorCode.UNSUPPORTED_VERSION : ErrorCode.NONE,
          errorMessage: sets ? 'This cluster has no client quotas.' : null,
          entity,
        };
      }),
    };
  }

  errorResponse({ entries }: Request, code: ErrorCode, message: string): Response {
    return { entries: entries.map(({ entity }) => ({ errorCode: code, errorMessage: message, entity })) };
  }
}
