/*
 * DescribeClientQuotas: the quotas of users, clients and addresses (KIP-546). There are none: producers are slowed down
 * by what the broker can take, all alike.
 *
 * - A filter that makes no sense: INVALID_REQUEST.
 */
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { DescribeClientQuotas } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';
import { duplicatesOf } from '../admin-requests.js';

type Request = RequestOf<typeof DescribeClientQuotas>;
type Response = ResponseInput<typeof DescribeClientQuotas>;

const MatchType = { EXACT: 0, DEFAULT: 1, ANY: 2 } as const;
const MATCH_TYPES: readonly number[] = Object.values(MatchType);
const ENTITY_TYPES: readonly string[] = ['user', 'client-id', 'ip'];

@KafkaApi(DescribeClientQuotas)
export class DescribeClientQuotasHandler implements KafkaApiHandler<typeof DescribeClientQuotas> {
  handle({ components }: Request): Response {
    if (duplicatesOf(components, ({ entityType }) => entityType).size > 0) {
      throw new KafkaError(ErrorCode.INVALID_REQUEST, 'A kind of entity is there twice.');
    }
    for (const { entityType, matchType, match } of components) {
      if (!ENTITY_TYPES.includes(entityType)) {
        throw new KafkaError(ErrorCode.INVALID_REQUEST, `There are no entities of type "${entityType}".`);
      }
      if (!MATCH_TYPES.includes(matchType) || (match !== null) !== (matchType === MatchType.EXACT)) {
        throw new KafkaError(ErrorCode.INVALID_REQUEST, 'A name goes with an exact match, and with no other.');
      }
    }
    return { errorCode: ErrorCode.NONE, errorMessage: null, entries: [] };
  }

  errorResponse(_request: Request, code: ErrorCode, message: string): Response {
    return { errorCode: code, errorMessage: message, entries: null };
  }
}
