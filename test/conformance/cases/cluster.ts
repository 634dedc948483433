import { describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import {
  AlterClientQuotas,
  CreateAcls,
  DeleteAcls,
  DescribeAcls,
  DescribeClientQuotas,
  DescribeCluster,
  ListConfigResources,
  Metadata,
} from '../../../src/protocol/schema/index.js';
import type { Subject } from '../subject.js';
import { createTopic } from '../topics.js';

const TOPIC = 2;
const BROKER = 4;
const [ANY, LITERAL, READ, ALLOW] = [1, 3, 3, 3];

export function clusterCases(subject: Subject): void {
  describe('DescribeCluster', () => {
    test.each([0, 1, 2])('114 the brokers and the id that Metadata shows (v%i)', async (version) => {
      const client = await subject.connect();
      const metadata = await client.send(Metadata, 12, { topics: [] });
      const cluster = await client.send(DescribeCluster, version, { includeClusterAuthorizedOperations: false });
      expect(cluster).toMatchObject({ errorCode: ErrorCode.NONE, errorMessage: null, clusterId: metadata.clusterId });
      expect(cluster.brokers.map(({ brokerId, host, port, rack }) => ({ nodeId: brokerId, host, port, rack }))).toEqual(
        metadata.brokers,
      );
      expect(cluster.brokers.map(({ brokerId }) => brokerId)).toContain(cluster.controllerId);
      expect(cluster.clusterAuthorizedOperations).toBe(-2147483648);
    });

    test('114 authorized operations when they are asked for', async () => {
      const client = await subject.connect();
      const cluster = await client.send(DescribeCluster, 0, { includeClusterAuthorizedOperations: true });
      expect(cluster.clusterAuthorizedOperations).toBeGreaterThan(0);
    });

    test('114 a broker is asked for controllers: 114; for something else: 115', async () => {
      const client = await subject.connect();
      const ask = async (endpointType: number) =>
        (await client.send(DescribeCluster, 1, { includeClusterAuthorizedOperations: false, endpointType })).errorCode;
      expect(await ask(2)).toBe(ErrorCode.MISMATCHED_ENDPOINT_TYPE);
      expect(await ask(9)).toBe(ErrorCode.UNSUPPORTED_ENDPOINT_TYPE);
    });
  });

  describe('access rules', () => {
    test('115 without an authoriser everything about them is answered 54', async () => {
      const client = await subject.connect();
      const errorMessage = expect.stringContaining('No Authorizer is configured') as unknown;
      const disabled = { errorCode: ErrorCode.SECURITY_DISABLED, errorMessage };
      const rule = { principal: 'User:a', host: '*', operation: READ, permissionType: ALLOW };
      const filter = {
        resourceTypeFilter: ANY,
        resourceNameFilter: null,
        patternTypeFilter: ANY,
        principalFilter: null,
        hostFilter: null,
        operation: ANY,
        permissionType: ANY,
      };
      for (const version of [1, 2, 3]) {
        expect(await client.send(DescribeAcls, version, filter)).toMatchObject({ ...disabled, resources: [] });
        const creation = { resourceType: TOPIC, resourceName: 't', resourcePatternType: LITERAL, ...rule };
        const { results } = await client.send(CreateAcls, version, { creations: [creation, creation] });
        expect(results).toEqual([disabled, disabled]);
        const { filterResults } = await client.send(DeleteAcls, version, { filters: [filter] });
        expect(filterResults).toEqual([{ ...disabled, matchingAcls: [] }]);
      }
    });
  });

  describe('client quotas', () => {
    test('116 there are none', async () => {
      const client = await subject.connect();
      for (const version of [0, 1]) {
        const components = [{ entityType: 'client-id', matchType: 2, match: null }];
        const answer = await client.send(DescribeClientQuotas, version, { components, strict: false });
        expect(answer).toMatchObject({ errorCode: ErrorCode.NONE, entries: [] });
      }
    });

    test('116 a filter that makes no sense: 42', async () => {
      const client = await subject.connect();
      const component = { entityType: 'user', matchType: 2, match: null };
      for (const components of [
        [component, component],
        [{ ...component, entityType: '' }],
        [{ ...component, matchType: 9 }],
      ]) {
        const answer = await client.send(DescribeClientQuotas, 1, { components, strict: false });
        expect(answer).toMatchObject({ errorCode: ErrorCode.INVALID_REQUEST, entries: null });
      }
    });

    test('116 one cannot be set, and says so; removing one that is not there succeeds', async () => {
      const client = await subject.connect();
      const alter = async (remove: boolean) => {
        const entity = [{ entityType: 'client-id', entityName: 'conformance' }];
        const ops = [{ key: 'producer_byte_rate', value: 1e9, remove }];
        const answer = await client.send(AlterClientQuotas, 1, { entries: [{ entity, ops }], validateOnly: false });
        return answer.entries[0];
      };
      const setting = subject.expected({ kafscale: ErrorCode.UNSUPPORTED_VERSION, apacheKafka: ErrorCode.NONE });
      expect(await alter(false)).toMatchObject({
        errorCode: setting,
        entity: [{ entityType: 'client-id', entityName: 'conformance' }],
      });
      expect(await alter(true)).toMatchObject({ errorCode: ErrorCode.NONE });
    });
  });

  describe('ListConfigResources', () => {
    test('117 v0 knows client metrics only: none; v1 lists topics and brokers; another kind: 35', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client);
      const { controllerId } = await client.send(DescribeCluster, 0, { includeClusterAuthorizedOperations: false });
      expect(await client.send(ListConfigResources, 0, {})).toMatchObject({ errorCode: 0, configResources: [] });
      const list = async (...resourceTypes: number[]) => client.send(ListConfigResources, 1, { resourceTypes });
      const topic = { resourceName: name, resourceType: TOPIC };
      const broker = { resourceName: String(controllerId), resourceType: BROKER };
      expect((await list(TOPIC)).configResources).toContainEqual(topic);
      expect((await list(BROKER)).configResources).toEqual([broker]);
      const all = (await list()).configResources;
      expect(all).toContainEqual(topic);
      expect(all).toContainEqual(broker);
      expect(await list(3)).toMatchObject({ errorCode: ErrorCode.UNSUPPORTED_VERSION, configResources: [] });
    });
  });
}
