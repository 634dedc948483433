import { ErrorCode } from '../../protocol/errors.js';

/** What a broker without access rules answers to everything about them, as Apache Kafka without an authoriser does. */
export const SECURITY_DISABLED = {
  errorCode: ErrorCode.SECURITY_DISABLED,
  errorMessage: 'No Authorizer is configured.',
} as const;
