/*
 * DescribeCluster: the cluster's id, its brokers, and one that takes administrative requests (KIP-700).
 *
 * - v1+ asks for brokers or for controllers; a broker has no controllers' addresses to give: MISMATCHED_ENDPOINT_TYPE.
 * - v2+ may ask for fenced brokers too. There are none: a broker is live or it is not known.
 */
import type { ClusterView } from '../../cluster/cluster-view.js';
import type { RequestOf, ResponseInput } from '../../protocol/codec/index.js';
import { ErrorCode, KafkaError } from '../../protocol/errors.js';
import { DescribeCluster } from '../../protocol/schema/index.js';
import { KafkaApi, type KafkaApiHandler } from '../../protocol/transport/index.js';
import { CLUSTER_OPERATIONS } from '../authorized-operations.js';

type Request = RequestOf<typeof DescribeCluster>;
type Response = ResponseInput<typeof DescribeCluster>;

const BROKERS = 1;
const CONTROLLERS = 2;

@KafkaApi(DescribeCluster)
export class DescribeClusterHandler implements KafkaApiHandler<typeof DescribeCluster> {
  constructor(private readonly cluster: ClusterView) {}

  handle(request: Request): Response {
    checkEndpointType(request.endpointType);
    return {
      errorCode: ErrorCode.NONE,
      endpointType: BROKERS,
      clusterId: this.cluster.clusterId,
      controllerId: this.cluster.controllerId(),
      brokers: this.cluster.brokers().map(({ id, host, port, rack }) => ({
        brokerId: id,
        host,
        port,
        rack,
        isFenced: false,
      })),
      ...(request.includeClusterAuthorizedOperations && { clusterAuthorizedOperations: CLUSTER_OPERATIONS }),
    };
  }

  errorResponse(request: Request, code: ErrorCode, message: string): Response {
    return { errorCode: code, errorMessage: message, endpointType: request.endpointType, clusterId: '', brokers: [] };
  }
}

function checkEndpointType(type: number): void {
  if (type === BROKERS) return;
  if (type === CONTROLLERS) {
    throw new KafkaError(ErrorCode.MISMATCHED_ENDPOINT_TYPE, 'The request was sent to an endpoint of type BROKER.');
  }
  throw new KafkaError(ErrorCode.UNSUPPORTED_ENDPOINT_TYPE, `Unsupported endpoint type ${type}.`);
}
