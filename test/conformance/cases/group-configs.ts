import { beforeAll, describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { AlterConfigs, ListConfigResources } from '../../../src/protocol/schema/index.js';
import { until } from '../../support/until.js';
import type { WireClient } from '../../support/wire-client.js';
import { alter, describeConfigs, GROUP, OPERATIONS, set, Source, type Change } from '../configs.js';
import { ConsumerMember } from '../consumer-groups.js';
import { awaitCoordinator } from '../groups.js';
import type { Subject } from '../subject.js';
import { uniqueName } from '../topics.js';

const [SET, DELETE, APPEND] = OPERATIONS;
const SESSION = 'consumer.session.timeout.ms';
const HEARTBEAT = 'consumer.heartbeat.interval.ms';

/** Configurations that groups have of their own (KIP-848). */
export function groupConfigCases(subject: Subject): void {
  describe('configurations of groups', () => {
    beforeAll(() => awaitCoordinator(subject));

    test('151 a group need not exist; what is set stands over what the broker has for all groups', async () => {
      const client = await subject.connect();
      const group = uniqueName();
      expect(await describeConfigs(client, GROUP, group, [SESSION, HEARTBEAT], true)).toMatchObject({ errorCode: 0 });
      expect(await entryOf(client, group, SESSION)).toMatchObject({ value: '45000', configSource: Source.DEFAULT });
      expect((await alter(client, GROUP, group, [set(SESSION, '50000')])).responses[0]?.errorCode).toBe(0);
      await expectValue(client, group, SESSION, '50000');
      const ofBroker = { name: `group.${SESSION}`, value: '45000', source: Source.DEFAULT };
      expect(await entryOf(client, group, SESSION)).toMatchObject({
        configSource: Source.GROUP,
        readOnly: false,
        synonyms: [{ name: SESSION, value: '50000', source: Source.GROUP }, ofBroker],
      });
      await alter(client, GROUP, group, [{ name: SESSION, configOperation: DELETE, value: null }]);
      await expectValue(client, group, SESSION, '45000');
    });

    test('151 AlterConfigs replaces all that a group has of its own', async () => {
      const client = await subject.connect();
      const group = uniqueName();
      await alter(client, GROUP, group, [set(SESSION, '50000')]);
      const resource = { resourceType: GROUP, resourceName: group, configs: [{ name: HEARTBEAT, value: '6000' }] };
      await client.send(AlterConfigs, 2, { resources: [resource], validateOnly: false });
      await expectValue(client, group, HEARTBEAT, '6000');
      await expectValue(client, group, SESSION, '45000');
    });

    test.each<[string, Change, ErrorCode]>([
      ['a session shorter than the bound', set(SESSION, '44999'), ErrorCode.INVALID_CONFIG],
      ['a session longer than the bound', set(SESSION, '60001'), ErrorCode.INVALID_CONFIG],
      ['heartbeats more often than the bound', set(HEARTBEAT, '4999'), ErrorCode.INVALID_CONFIG],
      ['heartbeats less often than the bound', set(HEARTBEAT, '15001'), ErrorCode.INVALID_CONFIG],
      ['what is no number', set(SESSION, 'soon'), ErrorCode.INVALID_CONFIG],
      ['an unknown name', set('no.such', '1'), ErrorCode.INVALID_CONFIG],
      ['APPEND', { name: SESSION, configOperation: APPEND, value: '5' }, ErrorCode.INVALID_CONFIG],
      ['no value', { name: SESSION, configOperation: SET, value: null }, ErrorCode.INVALID_REQUEST],
    ])('151 %s is refused, also when it is only to be checked', async (_, change, errorCode) => {
      const client = await subject.connect();
      for (const validateOnly of [false, true]) {
        const { responses } = await alter(client, GROUP, uniqueName(), [change], validateOnly);
        expect(responses).toMatchObject([{ errorCode }]);
      }
    });

    test('151 no name is no group: 42. DELETE of what is not there: 0', async () => {
      const client = await subject.connect();
      expect(await describeConfigs(client, GROUP, '', null)).toMatchObject({ errorCode: ErrorCode.INVALID_REQUEST });
      const { responses } = await alter(client, GROUP, '', [set(SESSION, '50000')]);
      expect(responses).toMatchObject([{ errorCode: ErrorCode.INVALID_REQUEST }]);
      const nothing = { name: SESSION, configOperation: DELETE, value: null };
      expect((await alter(client, GROUP, uniqueName(), [nothing])).responses).toMatchObject([{ errorCode: 0 }]);
    });

    test('151 ListConfigResources lists groups that have something of their own', async () => {
      const client = await subject.connect();
      const group = uniqueName();
      const isListed = async () => {
        const { configResources } = await client.send(ListConfigResources, 1, { resourceTypes: [GROUP] });
        return configResources.some(({ resourceName }) => resourceName === group);
      };
      expect(await isListed()).toBe(false);
      await alter(client, GROUP, group, [set(SESSION, '50000')]);
      await until('the group in the list', async () => (await isListed()) || undefined);
      await alter(client, GROUP, group, [{ name: SESSION, configOperation: DELETE, value: null }]);
      await until('the group out of the list', async () => !(await isListed()) || undefined);
    });

    test('151 members hear of it with their next heartbeat', async () => {
      const member = await ConsumerMember.connect(subject);
      expect((await member.join()).heartbeatIntervalMs).toBe(5_000);
      await alter(member.client, GROUP, member.groupId, [set(HEARTBEAT, '7000')]);
      await until('the interval of the group', async () => {
        return (await member.heartbeat()).heartbeatIntervalMs === 7_000 || undefined;
      });
    });
  });
}

async function entryOf(client: WireClient, group: string, name: string) {
  return (await describeConfigs(client, GROUP, group, [name], true)).configs[0];
}

async function expectValue(client: WireClient, group: string, name: string, value: string): Promise<void> {
  await until(`${name}=${value}`, async () => (await entryOf(client, group, name))?.value === value || undefined);
}
