import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ErrorCode } from '../protocol/errors.js';
import { faultOf } from './config-value.js';
import { documentationOf, TOPIC_CONFIGS } from './topic-config-definitions.js';
import { effectiveValue, logConfigOf, numberOf, validateTopicConfigs } from './topic-configs.js';

const configs = (values: Record<string, string>) => new Map(Object.entries(values));

describe('topic configurations', () => {
  test.each(Object.entries(TOPIC_CONFIGS))('%s has a default that it allows', (name, definition) => {
    expect(faultOf(definition.type, definition.default)).toBeUndefined();
    expect(effectiveValue(new Map(), name)).toBe(definition.default);
    expect(documentationOf(definition)).toMatch(/^[A-Z].*\.$/);
  });

  test.each([
    ['cleanup.policy', 'compact'],
    ['cleanup.policy', 'compact, delete'],
    ['cleanup.policy', ' delete '],
    ['retention.ms', '-1'],
    ['retention.ms', '9223372036854775807'],
    ['max.message.bytes', '0'],
    ['max.message.bytes', '2147483647'],
    ['preallocate', 'TRUE'],
    ['min.cleanable.dirty.ratio', '0.01'],
    ['min.cleanable.dirty.ratio', '1'],
    ['compression.type', 'zstd'],
    ['leader.replication.throttled.replicas', '*'],
    ['leader.replication.throttled.replicas', '0:1,1:2'],
  ])('%s takes %j', (name, value) => {
    expect(() => validateTopicConfigs(configs({ [name]: value }))).not.toThrow();
  });

  test.each([
    ['cleanup.policy', '', 'a list with at least one item'],
    ['cleanup.policy', 'shred', 'compact, delete'],
    ['retention.ms', '-2', 'a whole number of at least -1'],
    ['retention.ms', '9223372036854775808', 'a whole number'],
    ['retention.ms', '1e3', 'a whole number'],
    ['retention.ms', '', 'a whole number'],
    ['max.message.bytes', '2147483648', 'a whole number'],
    ['preallocate', 'yes', 'true or false'],
    ['min.cleanable.dirty.ratio', '1.1', 'a number from 0 to 1'],
    ['min.cleanable.dirty.ratio', 'NaN', 'a number'],
    ['compression.type', 'brotli', 'uncompressed, zstd'],
    ['message.timestamp.type', 'createtime', 'CreateTime, LogAppendTime'],
    ['leader.replication.throttled.replicas', '1', 'a list of items'],
    ['remote.storage.enable', 'true', 'Tiered storage'],
  ])('%s refuses %j', (name, value, message) => {
    const validate = () => validateTopicConfigs(configs({ [name]: value }));
    expect(validate).toThrow(expect.objectContaining({ code: ErrorCode.INVALID_CONFIG }));
    expect(validate).toThrow(message);
  });

  test.each(['retention', 'constructor', '__proto__', ''])('%j is unknown', (name) => {
    expect(() => validateTopicConfigs(new Map([[name, '1']]))).toThrow(`Unknown topic config name: ${name}`);
  });

  test('the compaction lags must be in order', () => {
    const lags = { 'min.compaction.lag.ms': '10', 'max.compaction.lag.ms': '9' };
    expect(() => validateTopicConfigs(configs(lags))).toThrow('must not exceed');
  });

  test('the log sees defaults and overrides', () => {
    expect(logConfigOf(new Map())).toEqual({
      maxMessageBytes: 1048588,
      logAppendTime: false,
      timestampBeforeMaxMs: 2 ** 63,
      timestampAfterMaxMs: 3600000,
      compacted: false,
      compressionType: 'producer',
    });
    const own = configs({
      'max.message.bytes': ' 100 ',
      'message.timestamp.type': 'LogAppendTime',
      'cleanup.policy': 'delete,compact',
    });
    expect(logConfigOf(own)).toMatchObject({ maxMessageBytes: 100, logAppendTime: true, compacted: true });
  });

  test('a bad stored value counts as absent', () => {
    expect(numberOf(configs({ 'max.message.bytes': 'huge' }), 'max.message.bytes')).toBe(1048588);
  });

  test('any text is judged', () => {
    const name = fc.constantFrom(...Object.keys(TOPIC_CONFIGS));
    fc.assert(
      fc.property(name, fc.string(), (config, value) => {
        const fault = faultOf(TOPIC_CONFIGS[config]!.type, value);
        expect(fault === undefined || fault.length > 0).toBe(true);
      }),
    );
  });
});
