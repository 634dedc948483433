import { describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import { AlterConfigs, DescribeCluster, IncrementalAlterConfigs } from '../../../src/protocol/schema/index.js';
import type { WireClient } from '../../support/wire-client.js';
import { alter, BROKER, describeConfigs, OPERATIONS, set, Source, TOPIC, type Change } from '../configs.js';
import { batchOf, batches, fetchOne, produce } from '../records.js';
import type { Subject } from '../subject.js';
import { createTopic, uniqueName } from '../topics.js';
import { until } from '../../support/until.js';

const UNKNOWN_TYPE = 3;
const [SET, DELETE, APPEND, SUBTRACT] = OPERATIONS;
const LONG = 5;

export function configCases(subject: Subject): void {
  describe('DescribeConfigs', () => {
    test('101 null asks for all configurations of a topic: its own and the defaults', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client, { configs: { 'retention.ms': '1000' } });
      const { configs } = await describeConfigs(client, TOPIC, name, null);
      const byName = new Map(configs.map((entry) => [entry.name, entry]));
      expect(byName.get('retention.ms')).toMatchObject({ value: '1000', configSource: Source.TOPIC, configType: LONG });
      for (const [config, value] of [
        ['cleanup.policy', 'delete'],
        ['max.message.bytes', '1048588'],
        ['message.timestamp.type', 'CreateTime'],
        ['delete.retention.ms', '86400000'],
      ] as const) {
        expect(byName.get(config)).toMatchObject({
          value,
          configSource: Source.DEFAULT,
          readOnly: false,
          isSensitive: false,
        });
      }
      expect(configs.every(({ synonyms, documentation }) => synonyms.length === 0 && documentation === null)).toBe(
        true,
      );
    });

    test('101 synonyms and documentation when they are asked for, the deciding synonym first', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client, { configs: { 'max.message.bytes': '500' } });
      const { configs } = await describeConfigs(client, TOPIC, name, ['max.message.bytes', 'no.such'], true);
      expect(configs).toMatchObject([
        {
          name: 'max.message.bytes',
          synonyms: [
            { name: 'max.message.bytes', value: '500', source: Source.TOPIC },
            { name: 'message.max.bytes', value: '1048588', source: Source.DEFAULT },
          ],
          documentation: expect.stringMatching(/batch/) as unknown,
        },
      ]);
    });

    test('101 an empty list of names asks for all', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client);
      const { configs } = await describeConfigs(client, TOPIC, name, []);
      const all = await describeConfigs(client, TOPIC, name, null);
      expect(configs).toHaveLength(all.configs.length);
    });

    test('101 an unknown topic is answered 3, an illegal name 17, an unknown type 42', async () => {
      const client = await subject.connect();
      for (const [type, name, errorCode] of [
        [TOPIC, uniqueName(), ErrorCode.UNKNOWN_TOPIC_OR_PARTITION],
        [TOPIC, 'a/b', ErrorCode.INVALID_TOPIC_EXCEPTION],
        [TOPIC, '', ErrorCode.INVALID_TOPIC_EXCEPTION],
        [UNKNOWN_TYPE, 'x', ErrorCode.INVALID_REQUEST],
      ] as const) {
        const answer = await describeConfigs(client, type, name, null);
        expect(answer).toMatchObject({ errorCode, resourceType: type, resourceName: name, configs: [] });
      }
    });

    test('101 a broker answers for itself: its configuration; another id: 42', async () => {
      const client = await subject.connect();
      const { controllerId } = await client.send(DescribeCluster, 0, { includeClusterAuthorizedOperations: false });
      const { configs } = await describeConfigs(client, BROKER, String(controllerId), null);
      const byName = new Map(configs.map((entry) => [entry.name, entry]));
      expect(byName.get('node.id')).toMatchObject({ value: String(controllerId), readOnly: true });
      for (const name of ['listeners', 'auto.create.topics.enable', 'num.partitions', 'message.max.bytes']) {
        expect(byName.get(name)?.value).toEqual(expect.any(String));
      }
      for (const other of ['4711', 'x']) {
        expect(await describeConfigs(client, BROKER, other, null)).toMatchObject({
          errorCode: ErrorCode.INVALID_REQUEST,
          configs: [],
        });
      }
      const forAllBrokers = await describeConfigs(client, BROKER, '', null);
      expect(forAllBrokers.errorCode).toBe(ErrorCode.NONE);
      expect(forAllBrokers.configs.filter(({ configSource }) => configSource !== Source.ALL_BROKERS)).toEqual([]);
    });
  });

  describe('IncrementalAlterConfigs', () => {
    test('102 SET, APPEND, SUBTRACT and DELETE change what they name and nothing else', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client, { configs: { 'segment.ms': '5000' } });
      await alterTopic(client, name, [{ name: 'retention.ms', configOperation: SET, value: '1000' }]);
      await alterTopic(client, name, [{ name: 'cleanup.policy', configOperation: APPEND, value: 'compact' }]);
      await expectOwn(client, name, {
        'segment.ms': '5000',
        'retention.ms': '1000',
        'cleanup.policy': 'delete,compact',
      });
      await alterTopic(client, name, [
        { name: 'cleanup.policy', configOperation: SUBTRACT, value: 'delete' },
        { name: 'retention.ms', configOperation: DELETE, value: null },
      ]);
      await expectOwn(client, name, { 'segment.ms': '5000', 'cleanup.policy': 'compact' });
    });

    test.each<[string, Change[], ErrorCode]>([
      [
        'one name twice',
        [set('retention.ms', '1'), { name: 'retention.ms', configOperation: DELETE, value: null }],
        ErrorCode.INVALID_REQUEST,
      ],
      ['no value', [{ name: 'retention.ms', configOperation: SET, value: null }], ErrorCode.INVALID_REQUEST],
      ['APPEND to a number', [{ name: 'retention.ms', configOperation: APPEND, value: '1' }], ErrorCode.INVALID_CONFIG],
      ['an unknown name', [set('no.such', '1')], ErrorCode.INVALID_CONFIG],
      ['a bad value', [set('retention.ms', 'soon')], ErrorCode.INVALID_CONFIG],
    ])('102 %s is refused, and nothing is changed', async (_title, changes, errorCode) => {
      const client = await subject.connect();
      const { name } = await createTopic(client);
      const { responses } = await alter(client, TOPIC, name, [set('segment.ms', '5000'), ...changes]);
      expect(responses).toMatchObject([{ errorCode, resourceType: TOPIC, resourceName: name }]);
      expect(responses[0]?.errorMessage).toEqual(expect.any(String));
      await expectOwn(client, name, {});
    });

    test('102 validateOnly checks, and changes nothing', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client);
      const valid = await alter(client, TOPIC, name, [set('retention.ms', '1')], true);
      expect(valid.responses).toMatchObject([{ errorCode: ErrorCode.NONE }]);
      const invalid = await alter(client, TOPIC, name, [set('retention.ms', 'soon')], true);
      expect(invalid.responses).toMatchObject([{ errorCode: ErrorCode.INVALID_CONFIG }]);
      await expectOwn(client, name, {});
    });

    test('102 an unknown topic is answered 3; a resource that is there twice 42', async () => {
      const client = await subject.connect();
      const unknown = await alter(client, TOPIC, uniqueName(), [set('retention.ms', '1')]);
      expect(unknown.responses).toMatchObject([{ errorCode: ErrorCode.UNKNOWN_TOPIC_OR_PARTITION }]);
      const { name } = await createTopic(client);
      const resource = { resourceType: TOPIC, resourceName: name, configs: [set('retention.ms', '1')] };
      const twice = await client.send(IncrementalAlterConfigs, 1, {
        resources: [resource, resource],
        validateOnly: false,
      });
      expect(new Set(twice.responses.map(({ errorCode }) => errorCode))).toEqual(new Set([ErrorCode.INVALID_REQUEST]));
    });

    test('102 what a broker is only told at its start can’t be changed', async () => {
      const client = await subject.connect();
      const { responses } = await alter(client, BROKER, '', [set('node.id', '7')]);
      expect(responses).toMatchObject([{ errorCode: ErrorCode.INVALID_REQUEST }]);
    });

    test('102 a default of brokers holds for topics that don’t say otherwise', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client);
      const own = await createTopic(client, { configs: { 'segment.jitter.ms': '2' } });
      const jitter = async (topic: string) =>
        (await describeConfigs(client, TOPIC, topic, ['segment.jitter.ms'], true)).configs[0];
      expect((await alter(client, BROKER, '', [set('log.roll.jitter.ms', '7')])).responses[0]?.errorCode).toBe(0);
      await until('the default', async () => ((await jitter(name))?.value === '7' ? true : undefined));
      expect(await jitter(name)).toMatchObject({
        configSource: Source.ALL_BROKERS,
        synonyms: [{ source: Source.ALL_BROKERS, value: '7' }, {}],
      });
      expect(await jitter(own.name)).toMatchObject({ value: '2', configSource: Source.TOPIC });
      await alter(client, BROKER, '', [{ name: 'log.roll.jitter.ms', configOperation: DELETE, value: null }]);
      await until('the end of the default', async () => ((await jitter(name))?.value === '0' ? true : undefined));
    });

    test('102 max.message.bytes and message.timestamp.type hold for what is produced from then on', async () => {
      const client = await subject.connect();
      const topic = await createTopic(client);
      expect(await produce(client, topic, batchOf(['x'.repeat(1000)]))).toMatchObject({ errorCode: ErrorCode.NONE });
      await alterTopic(client, topic.name, [
        set('max.message.bytes', '500'),
        set('message.timestamp.type', 'LogAppendTime'),
      ]);
      await expectOwn(client, topic.name, {
        'max.message.bytes': '500',
        'message.timestamp.type': 'LogAppendTime',
      });
      await until('the new limit', async () => {
        const { errorCode } = await produce(client, topic, batchOf(['x'.repeat(1000)]));
        return errorCode === ErrorCode.MESSAGE_TOO_LARGE ? true : undefined;
      });
      const { baseOffset, logAppendTimeMs } = await produce(client, topic, batchOf(['y']));
      expect(logAppendTimeMs).toBeGreaterThan(0);
      const [batch] = batches(await fetchOne(client, topic, baseOffset));
      expect(batch).toMatchObject({ timestampType: 'LogAppendTime', maxTimestamp: logAppendTimeMs });
    });
  });

  describe('AlterConfigs', () => {
    test('102 replaces all that a topic has of its own', async () => {
      const client = await subject.connect();
      const { name } = await createTopic(client, { configs: { 'segment.ms': '5000', 'retention.ms': '1' } });
      const replace = (configs: { name: string; value: string | null }[], validateOnly = false) =>
        client.send(AlterConfigs, 2, {
          resources: [{ resourceType: TOPIC, resourceName: name, configs }],
          validateOnly,
        });
      const retention = { name: 'retention.ms', value: '2' };
      expect((await replace([retention], true)).responses).toMatchObject([{ errorCode: ErrorCode.NONE }]);
      await expectOwn(client, name, { 'segment.ms': '5000', 'retention.ms': '1' });
      expect((await replace([retention])).responses).toMatchObject([{ errorCode: ErrorCode.NONE }]);
      await expectOwn(client, name, { 'retention.ms': '2' });
      for (const wrong of [[retention, retention], [{ ...retention, value: null }]]) {
        expect((await replace(wrong)).responses).toMatchObject([{ errorCode: ErrorCode.INVALID_REQUEST }]);
      }
    });
  });
}

async function alterTopic(client: WireClient, name: string, configs: readonly Change[]): Promise<void> {
  const { responses } = await alter(client, TOPIC, name, configs);
  expect(responses).toEqual([
    { errorCode: ErrorCode.NONE, errorMessage: null, resourceType: TOPIC, resourceName: name },
  ]);
}

/** Apache Kafka's brokers hear of a change a moment after it was made. */
async function expectOwn(client: WireClient, topic: string, expected: Readonly<Record<string, string>>): Promise<void> {
  let own = {};
  await until(`the configurations of ${topic}`, async () => {
    const { configs } = await describeConfigs(client, TOPIC, topic, null);
    own = Object.fromEntries(
      configs.filter(({ configSource }) => configSource === Source.TOPIC).map(({ name, value }) => [name, value]),
    );
    return JSON.stringify(sorted(own)) === JSON.stringify(sorted(expected)) ? true : undefined;
  }).catch(() => undefined);
  expect(own).toEqual(expected);
}

function sorted(configs: object): unknown {
  return Object.entries(configs).sort();
}
