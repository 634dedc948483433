import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../protocol/errors.js';
import { ApiVersions, ConsumerGroupHeartbeat, Metadata } from '../../protocol/schema/index.js';
import { HandlerTable } from '../../protocol/transport/index.js';
import { CLUSTER_ID, ClusterRecords, contextOf } from '../../../test/support/cluster-records.js';
import { ConsumerGroupHeartbeatHandler } from '../groups/consumer-group-heartbeat.handler.js';
import { ApiVersionsHandler } from './api-versions.handler.js';

const CLIENT = { clientSoftwareName: 'kafka-client.js', clientSoftwareVersion: '1.0', clusterId: null, nodeId: -1 };

describe('ApiVersions', () => {
  let cluster: ClusterRecords;
  let handler: ApiVersionsHandler;
  beforeAll(async () => {
    cluster = await ClusterRecords.open();
    const handlers = new HandlerTable();
    handler = new ApiVersionsHandler(handlers, cluster.view);
    handlers.register(ApiVersions, handler);
  });
  afterAll(() => cluster.close());

  test('I9: lists what is served, and nothing else', () => {
    const { errorCode, apiKeys } = handler.handle(CLIENT, contextOf(5));
    expect(errorCode).toBe(ErrorCode.NONE);
    expect(apiKeys).toEqual([{ apiKey: ApiVersions.key, minVersion: 0, maxVersion: 5 }]);
    expect(apiKeys.map(({ apiKey }) => apiKey)).not.toContain(Metadata.key);
  });

  test('I9: tells of the consumer protocol of groups only when it is served', () => {
    const names = (features: Iterable<{ name: string }> = []) => Array.from(features, ({ name }) => name);
    expect(names(handler.handle(CLIENT, contextOf(5)).finalizedFeatures)).toEqual(['kafscale.format.version']);
    const handlers = new HandlerTable();
    const heartbeats = new ConsumerGroupHeartbeatHandler({ consumerHeartbeat: () => Promise.reject(new Error()) });
    handlers.register(ConsumerGroupHeartbeat, heartbeats);
    const serving = new ApiVersionsHandler(handlers, cluster.view);
    expect(serving.handle(CLIENT, contextOf(5))).toMatchObject({
      supportedFeatures: [
        { name: 'group.version', minVersion: 0, maxVersion: 1 },
        { name: 'kafscale.format.version', minVersion: 1, maxVersion: 1 },
      ],
      finalizedFeaturesEpoch: 1,
      finalizedFeatures: [
        { name: 'group.version', minVersionLevel: 1, maxVersionLevel: 1 },
        { name: 'kafscale.format.version', minVersionLevel: 1, maxVersionLevel: 1 },
      ],
    });
    // A range that begins with 0 is more than older clients can bear.
    expect(names(serving.handle(CLIENT, contextOf(3)).supportedFeatures)).toEqual(['kafscale.format.version']);
  });

  test.each(['bad name!', '', '-a', 'a.'])('refuses the software name "%s" from v3 on', (clientSoftwareName) => {
    const request = { ...CLIENT, clientSoftwareName };
    expect(() => handler.handle(request, contextOf(3))).toThrow(
      expect.objectContaining({ code: ErrorCode.INVALID_REQUEST }),
    );
    expect(handler.handle(request, contextOf(2)).errorCode).toBe(ErrorCode.NONE);
  });

  test.each([
    ['this cluster', { clusterId: CLUSTER_ID }],
    ['this broker', { clusterId: CLUSTER_ID, nodeId: 1 }],
    ['this broker as a coordinator', { clusterId: CLUSTER_ID, nodeId: 2 ** 31 - 2 }],
  ])('answers who means %s', (_title, meant) => {
    expect(handler.handle({ ...CLIENT, ...meant }, contextOf(5)).errorCode).toBe(ErrorCode.NONE);
  });

  test.each([
    ['another cluster', { clusterId: 'other', nodeId: 1 }],
    ['another broker', { clusterId: CLUSTER_ID, nodeId: 2 }],
  ])('sends who means %s back to its bootstrap servers', (_title, meant) => {
    expect(() => handler.handle({ ...CLIENT, ...meant }, contextOf(5))).toThrow(
      expect.objectContaining({ code: ErrorCode.REBOOTSTRAP_REQUIRED }),
    );
  });
});
