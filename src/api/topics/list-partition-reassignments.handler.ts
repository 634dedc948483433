/*
 * ListPartitionReassignments: the partitions that are on their way from one leader to another (KIP-455), be it that somebody
 * has asked for it or that the cluster keeps its balance.
 */
import type { ClusterView } from '../../cluster/cluster-view.js';
import type { TopicCatalogue } from '../../metadata/topic-catalogue.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode } from '../../protocol/errors.js';
import { ListPartitionReassignments } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';

type Request = RequestOf<typeof ListPartitionReassignments>;
type Response = ResponseInput<typeof ListPartitionReassignments>;

@KafkaApi(ListPartitionReassignments)
export class ListPartitionReassignmentsHandler implements KafkaApiHandler<typeof ListPartitionReassignments> {
  constructor(
    private readonly catalogue: TopicCatalogue,
    private readonly cluster: Pick<ClusterView, 'moveOf'>,
  ) {}

  handle({ topics }: Request): Response {
    const asked = topics ?? Array.from(this.catalogue.all(), everythingOf);
    const moving = asked.map(({ name, partitionIndexes }) => ({
      name,
      partitions: partitionIndexes.flatMap((partitionIndex) => this.movesOf(name, partitionIndex)),
    }));
    const found = moving.filter(({ partitions }) => partitions.length > 0);
    return { errorCode: ErrorCode.NONE, errorMessage: null, topics: found };
  }

  errorResponse(_request: Request, code: ErrorCode, message: string): Response {
    return { errorCode: code, errorMessage: message, topics: [] };
  }

  private movesOf(name: string, partitionIndex: number) {
    const topic = this.catalogue.get(name);
    const move = topic && this.cluster.moveOf(topic, partitionIndex);
    if (move === undefined) return [];
    const { from, to } = move;
    return [{ partitionIndex, replicas: [to, from], addingReplicas: [to], removingReplicas: [from] }];
  }
}

function everythingOf({ name, partitionCount }: { readonly name: string; readonly partitionCount: number }) {
  return { name, partitionIndexes: Array.from({ length: partitionCount }, (_, partition) => partition) };
}
