/* CreateAcls: adds access rules (KIP-140). There is no authoriser: SECURITY_DISABLED for each. */
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import type { ErrorCode } from '../../protocol/errors.js';
import { CreateAcls } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';
import { SECURITY_DISABLED } from './security-disabled.js';

type Request = RequestOf<typeof CreateAcls>;
type Response = ResponseInput<typeof CreateAcls>;

@KafkaApi(CreateAcls)
export class CreateAclsHandler implements KafkaApiHandler<typeof CreateAcls> {
  handle({ creations }: Request): Response {
    return { results: creations.map(() => SECURITY_DISABLED) };
  }

  errorResponse({ creations }: Request, code: ErrorCode, message: string): Response {
    return { results: creations.map(() => ({ errorCode: code, errorMessage: message })) };
  }
}
