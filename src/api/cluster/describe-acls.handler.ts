/* DescribeAcls: lists access rules (KIP-140). There are none, and no authoriser: SECURITY_DISABLED. */
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import type { ErrorCode } from '../../protocol/errors.js';
import { DescribeAcls } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';
import { SECURITY_DISABLED } from './security-disabled.js';

type Request = RequestOf<typeof DescribeAcls>;
type Response = ResponseInput<typeof DescribeAcls>;

@KafkaApi(DescribeAcls)
export class DescribeAclsHandler implements KafkaApiHandler<typeof DescribeAcls> {
  handle(): Response {
    return { ...SECURITY_DISABLED, resources: [] };
  }

  errorResponse(_request: Request, code: ErrorCode, message: string): Response {
    return { errorCode: code, errorMessage: message, resources: [] };
  }
}
