/*
 * DeleteTopics: deletes topics, each with its own result, and with them all that the metadata store knows of them.
 *
 * - v6+ names a topic by name or by id; both or neither is INVALID_REQUEST, and so is a topic that is there twice, also
 *   once by name and once by id.
 * - Unknown: UNKNOWN_TOPIC_OR_PARTITION by name, UNKNOWN_TOPIC_ID by id. A topic that is created again under the same
 *   name is another topic, with another id.
 * - When clients may not delete: TOPIC_DELETION_DISABLED (v3+), before that INVALID_REQUEST.
 * - v5+ says why.
 */
import type { Logger } from '../../logging/logger.js';
import { MetadataUnavailableError } from '../../metadata/metadata-store.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import { ZERO_UUID, type RequestOf, type ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { DeleteTopics } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler, type RequestContext } from '../../protocol/transport/index.js';
import { MIN_TIMEOUT_MS, requireAdminApis, type AdminOptions } from '../admin-requests.js';

type Request = RequestOf<typeof DeleteTopics>;
type Response = ResponseInput<typeof DeleteTopics>;
type TopicResult = Response['responses'][number];

/** A topic as the request names it: one of both is empty. */
interface TopicReference {
  readonly name: string | null;
  readonly topicId: string;
}

const FIRST_VERSION_WITH_IDS = 6;
const FIRST_VERSION_WITH_DELETION_DISABLED = 3;

@KafkaApi(DeleteTopics)
export class DeleteTopicsHandler implements KafkaApiHandler<typeof DeleteTopics> {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly logger: Logger,
    private readonly options: AdminOptions,
  ) {}

  async handle(request: Request, { apiVersion }: RequestContext): Promise<Response> {
    const references = referencesOf(request, apiVersion);
    const repeated = this.repeatedTopics(references);
    const responses: TopicResult[] = [];
    for (const reference of references) {
      responses.push(await this.deleteOne(reference, repeated.has(reference), request.timeoutMs, apiVersion));
    }
    return { responses };
  }

  errorResponse(request: Request, code: ErrorCode, message: string, { apiVersion }: RequestContext): Response {
    const error = new KafkaError(code, message);
    return { responses: referencesOf(request, apiVersion).map((reference) => failure(reference, error)) };
  }

  private async deleteOne(
    reference: TopicReference,
    isRepeated: boolean,
    timeoutMs: number,
    version: number,
  ): Promise<TopicResult> {
    try {
      this.checkAllowed(version);
      checkReference(reference, isRepeated);
      const { name, topicId } = this.resolve(reference);
      await this.catalogue.delete(name, topicId, Math.max(MIN_TIMEOUT_MS, timeoutMs));
      this.logger.info({ event: 'topic_deleted', topic: name, topicId }, 'topic deleted');
      return { name, topicId: topicId ?? ZERO_UUID, errorCode: ErrorCode.NONE };
    } catch (error) {
      return failure(reference, this.toKafkaError(error));
    }
  }

  private checkAllowed(version: number): void {
    const code =
      version >= FIRST_VERSION_WITH_DELETION_DISABLED ? ErrorCode.TOPIC_DELETION_DISABLED : ErrorCode.INVALID_REQUEST;
    requireAdminApis(this.options, 'delete topics', code);
  }

  /** @returns the id too where it is known, so that a namesake which was created meanwhile stays */
  private resolve({ name, topicId }: TopicReference): { name: string; topicId?: string } {
    const topic = name === null ? this.catalogue.getById(topicId) : this.catalogue.get(name);
    if (topic) return { name: topic.name, topicId: topic.id };
    if (name === null) throw new KafkaError(ErrorCode.UNKNOWN_TOPIC_ID, 'There is no topic with this id.');
    return { name };
  }

  /** References that mean a topic which another one means too. */
  private repeatedTopics(references: readonly TopicReference[]): ReadonlySet<TopicReference> {
    const meant = Map.groupBy(references, ({ name, topicId }) => {
      return name ?? this.catalogue.getById(topicId)?.name ?? `id ${topicId}`;
    });
    return new Set([...meant.values()].filter(({ length }) => length > 1).flat());
  }

  private toKafkaError(error: unknown): KafkaError {
    if (error instanceof KafkaError) return error;
    if (!(error instanceof MetadataUnavailableError)) throw error;
    this.logger.warn({ event: 'topic_deletion_unknown', err: error }, 'topic may not be deleted');
    return new KafkaError(ErrorCode.REQUEST_TIMED_OUT, 'The metadata store did not answer in time.', { cause: error });
  }
}

function referencesOf(request: Request, version: number): readonly TopicReference[] {
  if (version >= FIRST_VERSION_WITH_IDS) return request.topics;
  return request.topicNames.map((name) => ({ name, topicId: ZERO_UUID }));
}

function checkReference({ name, topicId }: TopicReference, isRepeated: boolean): void {
  const byId = topicId !== ZERO_UUID;
  if ((name !== null) === byId) {
    throw new KafkaError(ErrorCode.INVALID_REQUEST, 'A topic must be given by name or by id, not by both.');
  }
  if (isRepeated) throw new KafkaError(ErrorCode.INVALID_REQUEST, 'The topic is there twice in the request.');
}

function failure({ name, topicId }: TopicReference, { code, message }: KafkaError): TopicResult {
  return { name, topicId, errorCode: code, errorMessage: message };
}
