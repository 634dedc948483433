/*
 * Fetch: committed batches of each partition, waiting for them when there are none.
 *
 * - One wait per request, woken by the commits of its partitions; min bytes, max bytes and max wait are honoured.
 * - At least one whole batch is returned if there is one, however large (KIP-74).
 * - Sessions (KIP-227) are declined: every answer has session id 0 and lists all partitions.
 * - Batches that are not in memory are read by the way: they hold up neither hot partitions nor, once those have enough,
 *   the answer. When the object store fails, the wait goes on; after that the answer is empty, and an error only when the
 *   failure lasts, because clients take errors harder than waiting.
 * - OFFSET_OUT_OF_RANGE beyond the end of a log is answered after the metadata store has said that this broker still lives.
 * - A consumer that names its rack is sent to a broker there, which reads what the leader has committed from the object
 *   store, some time behind it (KIP-392). It never answers OFFSET_OUT_OF_RANGE: only the leader knows.
 * - Without transactions the last stable offset is the high watermark.
 */
import type { BrokerSession } from '../../cluster/broker-session.js';
import type { ClusterView } from '../../cluster/cluster-view.js';
import { coldKey } from '../../log/cold-data.js';
import type { PartitionLogs } from '../../log/partition-logs.js';
import type { Logger } from '../../logging/logger.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode } from '../../protocol/errors.js';
import { Fetch } from '../../protocol/schema/fetch.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/handler.js';
import type { RequestContext } from '../../protocol/transport/request-context.js';
import type { Clock } from '../../time/clock.js';
import { FetchPass } from './fetch-pass.js';
import { FetchWait } from './fetch-wait.js';
import { LeaderHints } from './leader-hints.js';
import type { ReplicaSelection } from './replica-selection.js';

type Request = RequestOf<typeof Fetch>;
type Response = ResponseInput<typeof Fetch>;

/** `fetch.max.bytes` of Apache Kafka's brokers: bound of one response. */
const MAX_RESPONSE_BYTES = 57_671_680;

@KafkaApi(Fetch)
export class FetchHandler implements KafkaApiHandler<typeof Fetch> {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly logs: PartitionLogs,
    private readonly replicas: ReplicaSelection,
    private readonly cluster: ClusterView,
    private readonly session: Pick<BrokerSession, 'confirmLive'>,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  async handle(request: Request, context: RequestContext): Promise<Response> {
    if (request.sessionId !== 0 && request.sessionEpoch > 0) {
      return { errorCode: ErrorCode.FETCH_SESSION_ID_NOT_FOUND, responses: [] };
    }
    const hints = new LeaderHints(this.cluster);
    const { catalogue, logs, replicas } = this;
    const pass = new FetchPass(request, context, catalogue, logs, replicas, hints, MAX_RESPONSE_BYTES);
    if (!pass.run()) await this.wait(pass, request, context);
    // Its lease may still run while others have taken its place (commit protocol, rule 14).
    if (pass.tellsEnd && !(await this.session.confirmLive())) pass.withdrawEnds();
    pass.countServed();
    this.loadForLater(pass);
    return { responses: pass.responses(), nodeEndpoints: hints.nodeEndpoints() };
  }

  errorResponse(request: Request, code: ErrorCode): Response {
    return {
      errorCode: code,
      responses: request.topics.map(({ topic, topicId, partitions }) => ({
        topic,
        topicId,
        partitions: partitions.map(({ partition }) => ({
          partitionIndex: partition,
          errorCode: code,
          highWatermark: -1,
          abortedTransactions: null,
          records: [],
        })),
      })),
    };
  }

  /** What was left out because it is not in memory is read meanwhile, for the client's next fetch. */
  private loadForLater(pass: FetchPass): void {
    for (const { log, data } of pass.cold) {
      log.load(data).catch((error: unknown) => {
        this.logger.warn({ event: 'fetch_read_failed', key: coldKey(data), err: error }, 'read failed');
      });
    }
  }

  private async wait(pass: FetchPass, request: Request, context: RequestContext): Promise<void> {
    const wait = new FetchWait(this.clock, this.logger, Math.max(0, request.maxWaitMs), [
      context.closed,
      context.shutdown,
    ]);
    try {
      for (const log of pass.logs) wait.wakeOnAdvance(log);
      do {
        for (const { log, data } of pass.cold) wait.load(log, data);
        await wait.next(pass.isEmpty);
      } while (!pass.run(wait.loaded) && !wait.isOver(pass.isEmpty, pass.cold.length > 0));
      if (pass.isEmpty) pass.reportUnreadable(wait.failing);
    } finally {
      wait.end();
    }
  }
}
