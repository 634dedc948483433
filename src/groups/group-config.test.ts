import { describe, expect, test } from '@jest/globals';
import { CONSUMER_GROUP_OPTIONS } from '../../test/support/consumer-group-kit.js';
import { ErrorCode } from '../protocol/errors.js';
import { validateGroupConfig, withGroupConfig } from './group-config.js';

const SESSION = 'consumer.session.timeout.ms';
const HEARTBEAT = 'consumer.heartbeat.interval.ms';

describe('the configuration of a group', () => {
  test.each([
    [{}],
    [{ [SESSION]: '45000' }],
    [{ [SESSION]: ' 60000 ', [HEARTBEAT]: '15000' }],
    [{ 'consumer.assignment.interval.ms': '0' }],
  ])('may be %j', (configs) => {
    expect(() => validateGroupConfig(new Map(Object.entries(configs)), CONSUMER_GROUP_OPTIONS)).not.toThrow();
  });

  test.each([
    [{ [SESSION]: '44999' }],
    [{ [SESSION]: '60001' }],
    [{ [SESSION]: 'soon' }],
    [{ [SESSION]: '' }],
    [{ [HEARTBEAT]: '4999' }],
    [{ [HEARTBEAT]: '15001' }],
    [{ 'consumer.assignment.interval.ms': '15001' }],
    [{ 'share.session.timeout.ms': '45000' }],
    [{ constructor: '1' }],
  ])('may not be %j', (configs) => {
    const validate = () => validateGroupConfig(new Map(Object.entries(configs)), CONSUMER_GROUP_OPTIONS);
    expect(validate).toThrow(expect.objectContaining({ code: ErrorCode.INVALID_CONFIG }));
  });

  test('gives sessions that are longer than the time between heartbeats', () => {
    const options = { ...CONSUMER_GROUP_OPTIONS, minSessionTimeoutMs: 1, maxHeartbeatIntervalMs: 90_000 };
    const validate = (session: string, heartbeat: string) => () =>
      validateGroupConfig(new Map(Object.entries({ [SESSION]: session, [HEARTBEAT]: heartbeat })), options);
    expect(validate('6000', '5999')).not.toThrow();
    expect(validate('6000', '6000')).toThrow();
  });

  test('stands over what holds for all groups, unless the bounds have changed since', () => {
    const own = new Map(Object.entries({ [SESSION]: '50000', [HEARTBEAT]: '20000' }));
    const { sessionTimeoutMs, heartbeatIntervalMs, maxGroupSize } = withGroupConfig(CONSUMER_GROUP_OPTIONS, own);
    expect({ sessionTimeoutMs, heartbeatIntervalMs }).toEqual({ sessionTimeoutMs: 50_000, heartbeatIntervalMs: 5_000 });
    expect(maxGroupSize).toBe(CONSUMER_GROUP_OPTIONS.maxGroupSize);
    expect(withGroupConfig(CONSUMER_GROUP_OPTIONS, undefined)).toBe(CONSUMER_GROUP_OPTIONS);
  });
});
