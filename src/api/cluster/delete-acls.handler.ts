/* DeleteAcls: deletes access rules (KIP-140). There is no authoriser: SECURITY_DISABLED for each filter. */
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import type { ErrorCode } from '../../protocol/errors.js';
import { DeleteAcls } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';
import { SECURITY_DISABLED } from './security-disabled.js';

type Request = RequestOf<typeof DeleteAcls>;
type Response = ResponseInput<typeof DeleteAcls>;

@KafkaApi(DeleteAcls)
export class DeleteAclsHandler implements KafkaApiHandler<typeof DeleteAcls> {
  handle({ filters }: Request): Response {
    return { filterResults: filters.map(() => ({ ...SECURITY_DISABLED, matchingAcls: [] })) };
  }

  errorResponse({ filters }: Request, code: ErrorCode, message: string): Response {
    return { filterResults: filters.map(() => ({ errorCode: code, errorMessage: message, matchingAcls: [] })) };
  }
}
