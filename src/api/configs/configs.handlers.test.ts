import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadConfig } from '../../config/load-config.js';
import { silentLogger } from '../../logging/logger.js';
import { TOPIC_CONFIGS } from '../../metadata/topic-config-definitions.js';
import { ErrorCode } from '../../protocol/errors.js';
import { ClusterRecords } from '../../../test/support/cluster-records.js';
import { AlterConfigsHandler } from './alter-configs.handler.js';
import { ConfigAlteration } from './config-alteration.js';
import { ResourceType } from './config-entries.js';
import { changeOf, Operation } from './config-operations.js';
import { DescribeConfigsHandler } from './describe-configs.handler.js';
import { IncrementalAlterConfigsHandler } from './incremental-alter-configs.handler.js';

const { SET, DELETE, APPEND, SUBTRACT } = Operation;
const { TOPIC, BROKER, BROKER_LOGGER, GROUP } = ResourceType;

const BROKER_3 = loadConfig({ environment: { KAFSCALE_BROKER_ID: '3' } }).config;

type Change = readonly [name: string, operation: number, value: string | null];

let cluster: ClusterRecords;

beforeEach(async () => {
  cluster = await ClusterRecords.open();
  await cluster.catalogue.create({ name: 'orders', partitionCount: 1, replicationFactor: 1, configs: new Map() });
});
afterEach(() => cluster.close());

const own = () => Object.fromEntries(cluster.catalogue.get('orders')?.configs ?? []);

function alteration(allowAdminApis = true) {
  return new ConfigAlteration(
    cluster.catalogue,
    cluster.topicDefaults,
    cluster.groupConfigs,
    silentLogger,
    { allowAdminApis },
    BROKER_3.groups.consumer,
  );
}

function resource(resourceType: number, resourceName: string, changes: readonly Change[]) {
  const configs = changes.map(([name, configOperation, value]) => ({ name, configOperation, value }));
  return { resourceType, resourceName, configs };
}

async function alter(changes: readonly Change[], type: number = TOPIC, name = 'orders', validateOnly = false) {
  const handler = new IncrementalAlterConfigsHandler(alteration());
  const { responses } = await handler.handle({ resources: [resource(type, name, changes)], validateOnly });
  return responses[0]!;
}

function describeConfigs(resourceType: number, resourceName: string, configurationKeys: string[] | null = null) {
  const handler = new DescribeConfigsHandler(cluster.catalogue, cluster.topicDefaults, cluster.groupConfigs, BROKER_3);
  const request = {
    resources: [{ resourceType, resourceName, configurationKeys }],
    includeSynonyms: true,
    includeDocumentation: true,
  };
  return handler.handle(request).results[0]!;
}

describe('IncrementalAlterConfigs', () => {
  test('sets, appends, subtracts and deletes', async () => {
    await alter([['retention.ms', SET, '1000']]);
    await alter([['cleanup.policy', APPEND, 'compact']]);
    expect(own()).toEqual({ 'retention.ms': '1000', 'cleanup.policy': 'delete,compact' });
    await alter([
      ['cleanup.policy', SUBTRACT, 'delete'],
      ['retention.ms', DELETE, null],
    ]);
    expect(own()).toEqual({ 'cleanup.policy': 'compact' });
  });

  test.each<[string, Change[], ErrorCode]>([
    ['a list operation on a number', [['retention.ms', APPEND, '1']], ErrorCode.INVALID_CONFIG],
    ['a list without its last item', [['cleanup.policy', SUBTRACT, 'delete']], ErrorCode.INVALID_CONFIG],
    ['a bad value', [['retention.ms', SET, 'soon']], ErrorCode.INVALID_CONFIG],
    ['an unknown name', [['no.such', SET, '1']], ErrorCode.INVALID_CONFIG],
    ['an unknown name in a list operation', [['constructor', APPEND, '1']], ErrorCode.INVALID_CONFIG],
    ['no value', [['retention.ms', SET, null]], ErrorCode.INVALID_REQUEST],
    ['an unknown operation', [['retention.ms', 4, '1']], ErrorCode.INVALID_REQUEST],
    ['a name twice', [['retention.ms', SET, '1'], ['retention.ms', DELETE, null]], ErrorCode.INVALID_REQUEST], // prettier-ignore
  ])('refuses %s, and changes nothing of that resource', async (_title, changes, errorCode) => {
    const answer = await alter([['max.message.bytes', SET, '7'], ...changes]);
    expect(answer).toMatchObject({ errorCode, resourceType: TOPIC, resourceName: 'orders' });
    expect(answer.errorMessage).not.toBeNull();
    expect(own()).toEqual({});
  });

  test('what is only validated is not done', async () => {
    expect(await alter([['retention.ms', SET, '1']], TOPIC, 'orders', true)).toMatchObject({ errorCode: 0 });
    expect(await alter([['retention.ms', SET, 'x']], TOPIC, 'orders', true)).toMatchObject({ errorCode: 40 });
    await alter([['message.max.bytes', SET, '1']], BROKER, '', true);
    expect(own()).toEqual({});
    expect(cluster.topicDefaults.configs.size).toBe(0);
  });

  test('a change of a group that is only to be checked changes nothing', async () => {
    expect(await alter([['consumer.session.timeout.ms', SET, '1']], GROUP, 'g', true)).toMatchObject({ errorCode: 40 });
    expect(await alter([['consumer.session.timeout.ms', SET, '50000']], GROUP, 'g', true)).toMatchObject({
      errorCode: 0,
    });
    expect(cluster.groupConfigs.groupIds()).toEqual([]);
  });

  test.each([
    [TOPIC, 'nobody', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    [BROKER, '0', ErrorCode.INVALID_REQUEST],
    [GROUP, '', ErrorCode.INVALID_REQUEST],
    [GROUP, 'g', ErrorCode.INVALID_CONFIG],
    [BROKER_LOGGER, '0', ErrorCode.INVALID_REQUEST],
  ])('resource %i "%s" cannot be changed', async (type, name, errorCode) => {
    expect(await alter([['retention.ms', SET, '1']], type, name)).toMatchObject({ errorCode });
  });

  test('a resource that is there twice is refused both times; others are changed', async () => {
    await cluster.catalogue.create({ name: 'other', partitionCount: 1, replicationFactor: 1, configs: new Map() });
    const resources = ['orders', 'orders', 'other'].map((name) => resource(TOPIC, name, [['retention.ms', SET, '1']]));
    const handler = new IncrementalAlterConfigsHandler(alteration());
    const { responses } = await handler.handle({ resources, validateOnly: false });
    expect(responses.map(({ errorCode }) => errorCode)).toEqual([42, 42, 0]);
    expect(own()).toEqual({});
  });

  test('can be forbidden', async () => {
    const handler = new IncrementalAlterConfigsHandler(alteration(false));
    const resources = [resource(TOPIC, 'orders', [['retention.ms', SET, '1']])];
    const { responses } = await handler.handle({ resources, validateOnly: false });
    expect(responses).toMatchObject([{ errorCode: ErrorCode.CLUSTER_AUTHORIZATION_FAILED }]);
  });

  test('any change made twice gives what it gives once', () => {
    const operation = fc.record({
      name: fc.constantFrom('cleanup.policy', 'leader.replication.throttled.replicas'),
      configOperation: fc.constantFrom(SET, DELETE, APPEND, SUBTRACT),
      value: fc.constantFrom('delete', 'compact', 'compact,delete', ''),
    });
    const before = fc.dictionary(fc.constantFrom('cleanup.policy', 'retention.ms'), fc.constantFrom('delete', '1'));
    const unique = { selector: ({ name }: { name: string }) => name, maxLength: 2 };
    fc.assert(
      fc.property(fc.uniqueArray(operation, unique), before, (operations, configs) => {
        const change = changeOf(operations);
        const once = change(new Map(Object.entries(configs)));
        expect(change(once)).toEqual(once);
      }),
    );
  });
});

describe('AlterConfigs', () => {
  const replace = async (configs: { name: string; value: string | null }[], type: number = TOPIC, name = 'orders') => {
    const resources = [{ resourceType: type, resourceName: name, configs }];
    return (await new AlterConfigsHandler(alteration()).handle({ resources, validateOnly: false })).responses[0]!;
  };

  test('leaves nothing but what it is given', async () => {
    await alter([['retention.ms', SET, '1000']]);
    expect(await replace([{ name: 'segment.bytes', value: '1000' }])).toMatchObject({ errorCode: 0 });
    expect(own()).toEqual({ 'segment.bytes': '1000' });
    expect(await replace([])).toMatchObject({ errorCode: 0 });
    expect(own()).toEqual({});
  });

  test('refuses what makes no sense', async () => {
    const retention = { name: 'retention.ms', value: '1' };
    expect(await replace([retention, retention])).toMatchObject({ errorCode: ErrorCode.INVALID_REQUEST });
    expect(await replace([{ ...retention, value: null }])).toMatchObject({ errorCode: ErrorCode.INVALID_REQUEST });
    expect(await replace([{ ...retention, value: 'x' }])).toMatchObject({ errorCode: ErrorCode.INVALID_CONFIG });
  });
});

describe('DescribeConfigs', () => {
  const entryOf = (name: string, type: number = TOPIC, resourceName = 'orders') =>
    describeConfigs(type, resourceName).configs.find((entry) => entry.name === name)!;

  test('a topic has every configuration, by name, with type and documentation', () => {
    const { configs } = describeConfigs(TOPIC, 'orders');
    expect(configs.map(({ name }) => name)).toEqual(Object.keys(TOPIC_CONFIGS).sort());
    for (const { configType, documentation } of configs) {
      expect(configType).toBeGreaterThan(0);
      expect(documentation).toMatch(/\.$/);
    }
  });

  test('a value comes from the topic, else from the defaults of brokers, else it is built in', async () => {
    const builtIn = { name: 'message.max.bytes', value: '1048588', source: 5 };
    expect(entryOf('max.message.bytes')).toMatchObject({ value: '1048588', configSource: 5, synonyms: [builtIn] });
    await alter([['message.max.bytes', SET, '500']], BROKER, '');
    const dynamic = { name: 'message.max.bytes', value: '500', source: 3 };
    expect(entryOf('max.message.bytes')).toMatchObject({ value: '500', configSource: 3, synonyms: [dynamic, builtIn] });
    await alter([['max.message.bytes', SET, '7']]);
    expect(entryOf('max.message.bytes')).toMatchObject({
      value: '7',
      configSource: 1,
      synonyms: [{ name: 'max.message.bytes', value: '7', source: 1 }, dynamic, builtIn],
    });
    await alter([['max.message.bytes', DELETE, null]]);
    await alter([['message.max.bytes', DELETE, null]], BROKER, '');
    expect(entryOf('max.message.bytes')).toMatchObject({ value: '1048588', configSource: 5 });
  });

  test('a broker shows its settings, and which of them are somebody’s choice', () => {
    expect(entryOf('num.partitions', BROKER, '3')).toMatchObject({ value: '1', configSource: 5, readOnly: true });
    expect(entryOf('node.id', BROKER, '3')).toMatchObject({ value: '3', configSource: 4, readOnly: true });
    expect(entryOf('log.retention.ms', BROKER, '3')).toMatchObject({ value: '604800000', readOnly: false });
    const names = describeConfigs(BROKER, '3').configs.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)].sort());
  });

  test('the brokers’ default is what was set for all of them', async () => {
    expect(describeConfigs(BROKER, '').configs).toEqual([]);
    await alter([['log.retention.ms', SET, '1']], BROKER, '');
    expect(describeConfigs(BROKER, '').configs).toMatchObject([
      { name: 'log.retention.ms', value: '1', configSource: 3 },
    ]);
  });

  test('a broker can’t be told by its default what only the environment says', async () => {
    expect(await alter([['num.partitions', SET, '5']], BROKER, '')).toMatchObject({
      errorCode: ErrorCode.INVALID_REQUEST,
      errorMessage: 'Cannot update these configs dynamically: num.partitions',
    });
  });

  test('names that are asked for, as far as they exist', () => {
    const { configs } = describeConfigs(TOPIC, 'orders', ['retention.ms', 'no.such']);
    expect(configs.map(({ name }) => name)).toEqual(['retention.ms']);
  });

  test.each([
    [TOPIC, 'nobody', ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
    [TOPIC, 'a/b', ErrorCode.INVALID_TOPIC_EXCEPTION],
    [BROKER, '4', ErrorCode.INVALID_REQUEST],
    [BROKER, 'x', ErrorCode.INVALID_REQUEST],
    [BROKER_LOGGER, '', ErrorCode.INVALID_REQUEST],
    [GROUP, '', ErrorCode.INVALID_REQUEST],
    [3, '', ErrorCode.INVALID_REQUEST],
  ])('resource %i "%s" is answered %i', (type, name, errorCode) => {
    expect(describeConfigs(type, name)).toMatchObject({ errorCode, configs: [], resourceType: type });
  });

  test("a group's own values stand over those for all groups", async () => {
    const session = 'consumer.session.timeout.ms';
    const ofBroker = { name: `group.${session}`, value: '45000', source: 5 };
    expect(entryOf(session, GROUP, 'g')).toMatchObject({ value: '45000', configSource: 5, synonyms: [ofBroker] });
    expect(await alter([[session, SET, '50000']], GROUP, 'g')).toMatchObject({ errorCode: 0 });
    const own = { name: session, value: '50000', source: 8 };
    expect(entryOf(session, GROUP, 'g')).toMatchObject({
      value: '50000',
      configSource: 8,
      readOnly: false,
      synonyms: [own, ofBroker],
    });
    expect(entryOf(session, GROUP, 'other')).toMatchObject({ value: '45000', configSource: 5 });
    expect(await alter([[session, DELETE, null]], GROUP, 'g')).toMatchObject({ errorCode: 0 });
    expect(entryOf(session, GROUP, 'g')).toMatchObject({ value: '45000', configSource: 5 });
  });

  test('the root logger has the level of the environment', () => {
    expect(describeConfigs(BROKER_LOGGER, '3').configs).toMatchObject([
      { name: 'root', value: 'INFO', configSource: 6 },
    ]);
  });
});
