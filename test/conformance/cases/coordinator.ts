import { describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { FindCoordinator, Metadata } from '../../../src/protocol/schema/index.js';
import type { Subject } from '../subject.js';
import { uniqueName } from '../topics.js';
import { until } from '../../support/until.js';

const SHARE = 2;

export function coordinatorCases(subject: Subject): void {
  describe('FindCoordinator', () => {
    test('96 v0 and v4 name a broker of the cluster for each group', async () => {
      const client = await subject.connect();
      const { brokers } = await client.send(Metadata, 9, { topics: [] });
      const addresses = brokers.map(({ nodeId, host, port }) => ({ nodeId, host, port }));
      const groups = [uniqueName(), uniqueName(), uniqueName()];
      const single = await until('a coordinator', async () => {
        const answer = await client.send(FindCoordinator, 0, { key: groups[0]! });
        return answer.errorCode === ErrorCode.COORDINATOR_NOT_AVAILABLE ? undefined : answer;
      });
      expect(single.errorCode).toBe(ErrorCode.NONE);
      expect(addresses).toContainEqual({ nodeId: single.nodeId, host: single.host, port: single.port });

      const { coordinators } = await client.send(FindCoordinator, 4, { keyType: 0, coordinatorKeys: groups });
      expect(coordinators.map(({ key }) => key)).toEqual(groups);
      for (const { errorCode, nodeId, host, port } of coordinators) {
        expect(errorCode).toBe(ErrorCode.NONE);
        expect(addresses).toContainEqual({ nodeId, host, port });
      }
      expect(coordinators[0]?.nodeId).toBe(single.nodeId);
    });

    test('96 v5 knows no share groups: 42', async () => {
      const client = await subject.connect();
      const request = { keyType: SHARE, coordinatorKeys: ['group:AAAAAAAAAAAAAAAAAAAAAA:0'] };
      const { coordinators } = await client.send(FindCoordinator, 5, request);
      expect(coordinators).toMatchObject([{ errorCode: ErrorCode.INVALID_REQUEST, nodeId: -1 }]);
    });

    test('96 an unknown kind of coordinator is refused: 42', async () => {
      const client = await subject.connect();
      const { coordinators } = await client.send(FindCoordinator, 4, { keyType: 9, coordinatorKeys: ['group'] });
      expect(coordinators).toMatchObject([{ errorCode: ErrorCode.INVALID_REQUEST }]);
      const old = await client.send(FindCoordinator, 3, { keyType: 9, key: 'group' });
      expect(old).toMatchObject({ errorCode: ErrorCode.INVALID_REQUEST });
    });
  });
}
