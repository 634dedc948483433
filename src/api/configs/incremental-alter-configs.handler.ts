/*
 * IncrementalAlterConfigs: changes single configurations and leaves the others alone (KIP-339). A request may validate
 * only.
 *
 * - Topics; groups, whether they exist or not; and the defaults that brokers have for topics: a BROKER resource without a name, by the names that Apache
 *   Kafka's brokers have for them. What a broker is told by its environment can't be changed here: INVALID_REQUEST.
 * - A resource or a configuration that is there twice, or a null that deletes nothing: INVALID_REQUEST. A value that is
 *   not allowed, or a list operation on what is no list: INVALID_CONFIG.
 */
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { KafkaError, type ErrorCode } from '../../protocol/errors.js';
import { IncrementalAlterConfigs } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';
import { resultOf, type ConfigAlteration } from './config-alteration.js';
import { changeOf } from './config-operations.js';

type Request = RequestOf<typeof IncrementalAlterConfigs>;
type Response = ResponseInput<typeof IncrementalAlterConfigs>;

@KafkaApi(IncrementalAlterConfigs)
export class IncrementalAlterConfigsHandler implements KafkaApiHandler<typeof IncrementalAlterConfigs> {
  constructor(private readonly alteration: ConfigAlteration) {}

  async handle({ resources, validateOnly }: Request): Promise<Response> {
    return {
      responses: await this.alteration.alterAll(resources, validateOnly, changeOf),
    };
  }

  errorResponse({ resources }: Request, code: ErrorCode, message: string): Response {
    return { responses: resources.map((resource) => resultOf(resource, new KafkaError(code, message))) };
  }
}
