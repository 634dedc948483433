/*
 * AlterConfigs: replaces all configurations of a resource; what is not given goes back to its default. Superseded by
 * IncrementalAlterConfigs, whose rules hold here too; older clients know only this one.
 */
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { KafkaError, type ErrorCode } from '../../protocol/errors.js';
import { AlterConfigs } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';
import { resultOf, type ConfigAlteration } from './config-alteration.js';
import { replacementBy } from './config-operations.js';

type Request = RequestOf<typeof AlterConfigs>;
type Response = ResponseInput<typeof AlterConfigs>;

@KafkaApi(AlterConfigs)
export class AlterConfigsHandler implements KafkaApiHandler<typeof AlterConfigs> {
  constructor(private readonly alteration: ConfigAlteration) {}

  async handle({ resources, validateOnly }: Request): Promise<Response> {
    return { responses: await this.alteration.alterAll(resources, validateOnly, replacementBy) };
  }

  errorResponse({ resources }: Request, code: ErrorCode, message: string): Response {
    return { responses: resources.map((resource) => resultOf(resource, new KafkaError(code, message))) };
  }
}
