import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  assignmentKey,
  brokerKey,
  CLUSTER_ID_KEY,
  FORMAT_LEVEL_KEY,
  commitKey,
  committedOffsetKey,
  deletedTopicKey,
  groupConfigKey,
  groupMetadataKey,
  groupPrefix,
  groupWriterKey,
  incarnationKey,
  mergesKey,
  parseKey,
  partitionStateKey,
  PRODUCER_IDS_KEY,
  topicConfigKey,
  trimKey,
  type ParsedKey,
} from './keys.js';
import { isValidTopicName } from './topic-name.js';

const examples: [string, ParsedKey][] = [
  [topicConfigKey('orders'), { type: 'topicConfig', topic: 'orders' }],
  [partitionStateKey('a.b', 12), { type: 'partitionState', topic: 'a.b', partition: 12 }],
  [brokerKey(0), { type: 'broker', nodeId: 0 }],
  [assignmentKey('config', 2 ** 31 - 1), { type: 'assignment', topic: 'config', partition: 2 ** 31 - 1 }],
  [incarnationKey('x-Y_9'), { type: 'incarnation', incarnationId: 'x-Y_9' }],
  [commitKey('x-Y_9'), { type: 'commit', incarnationId: 'x-Y_9' }],
  [trimKey('x-Y_9'), { type: 'trim', incarnationId: 'x-Y_9' }],
  [mergesKey('x-Y_9'), { type: 'merges', incarnationId: 'x-Y_9' }],
  [deletedTopicKey('AAECAwQFBgcICQoLDA0ODw'), { type: 'deletedTopic', topicId: 'AAECAwQFBgcICQoLDA0ODw' }],
  [groupMetadataKey('g'), { type: 'groupMetadata', groupId: 'g' }],
  [groupMetadataKey(''), { type: 'groupMetadata', groupId: '' }],
  [groupMetadataKey('a/b%\u0000 ü'), { type: 'groupMetadata', groupId: 'a/b%\u0000 ü' }],
  [committedOffsetKey('..', 't', 3), { type: 'committedOffset', groupId: '..', topic: 't', partition: 3 }],
  [groupConfigKey('a/b%\u0000 ü'), { type: 'groupConfig', groupId: 'a/b%\u0000 ü' }],
  [groupWriterKey(4), { type: 'groupWriter', nodeId: 4 }],
  [PRODUCER_IDS_KEY, { type: 'producerIds' }],
  [CLUSTER_ID_KEY, { type: 'clusterId' }],
  [FORMAT_LEVEL_KEY, { type: 'formatLevel' }],
];

describe('keys', () => {
  test.each(examples)('%s', (key, parsed) => {
    expect(parseKey(key)).toEqual(parsed);
  });

  test('have the names that other programs know', () => {
    expect(topicConfigKey('t')).toBe('topics/t/config');
    expect(partitionStateKey('t', 3)).toBe('topics/t/partitions/3');
    expect(brokerKey(7)).toBe('brokers/7');
    expect(assignmentKey('t', 3)).toBe('assignments/t/3');
    expect(groupMetadataKey('my-group')).toBe('consumers/my-group/metadata');
    expect(committedOffsetKey('my-group', 't', 3)).toBe('consumers/my-group/offsets/t/3');
  });

  test('of a group never reach those of another, whatever its id', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (a, b) => {
        fc.pre(a !== b);
        expect(groupMetadataKey(a).startsWith(groupPrefix(b))).toBe(false);
        expect(parseKey(groupMetadataKey(a))).toEqual({ type: 'groupMetadata', groupId: a });
      }),
    );
  });

  test.each(['a/b', '', '.', '..', '_kafscale', 'a b', 'ü', 'x'.repeat(250), 'a\n'])('refuse the topic %j', (topic) => {
    expect(() => topicConfigKey(topic)).toThrow(RangeError);
    expect(() => assignmentKey(topic, 0)).toThrow(RangeError);
  });

  test('refuse other identifiers and numbers', () => {
    expect(() => incarnationKey('a/b')).toThrow(RangeError);
    expect(() => commitKey('')).toThrow(RangeError);
    expect(() => brokerKey(-1)).toThrow(RangeError);
    expect(() => partitionStateKey('t', 1.5)).toThrow(RangeError);
    expect(() => partitionStateKey('t', 2 ** 31)).toThrow(RangeError);
  });

  test.each([
    '',
    'topics',
    'topics/',
    'topics/t',
    'topics/t/config/x',
    'topics/t/partitions/01',
    'topics/t/partitions/-1',
    'topics/t/partitions/0/x',
    'brokers/a',
    'brokers/4294967296',
    'commits/',
    'commits/a/b',
    'trims/',
    'trims/a/b',
    'merges/a b',
    'deleted-topics/a/0',
    'producer-ids/1',
    'consumers/g',
    'consumers/g/metadata/x',
    'consumers/%/metadata',
    'consumers/%61/metadata',
    'consumers/g/offsets/t',
    'consumers/g/offsets/t/00',
    'group-writers/x',
    'constructor',
  ])('leave %j to whoever knows it', (key) => {
    expect(parseKey(key)).toBeUndefined();
  });

  test('are read back from any names, and any text is either refused or rebuilt', () => {
    const topic = fc.stringMatching(/^[A-Za-z0-9._-]{1,249}$/).filter(isValidTopicName);
    const partition = fc.nat(2 ** 31 - 1);
    fc.assert(
      fc.property(topic, partition, (name, number) => {
        expect(parseKey(partitionStateKey(name, number))).toEqual({
          type: 'partitionState',
          topic: name,
          partition: number,
        });
      }),
    );
    fc.assert(
      fc.property(fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/), (id) => {
        expect(parseKey(trimKey(id))).toEqual({ type: 'trim', incarnationId: id });
        expect(parseKey(mergesKey(id))).toEqual({ type: 'merges', incarnationId: id });
        expect(parseKey(deletedTopicKey(id))).toEqual({ type: 'deletedTopic', topicId: id });
      }),
    );
    fc.assert(fc.property(fc.string(), (text) => void parseKey(text)));
  });
});
