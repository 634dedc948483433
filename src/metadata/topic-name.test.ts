import { describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../protocol/errors.js';
import { collisionKey, isValidTopicName, validateTopicName } from './topic-name.js';

describe('topic names', () => {
  test.each(['a', 'A.b_c-9', '__consumer_offsets', '...', 'x'.repeat(249), '_kafscale2'])('%s is legal', (name) => {
    expect(isValidTopicName(name)).toBe(true);
    expect(() => validateTopicName(name)).not.toThrow();
  });

  test.each(['', '.', '..', '_kafscale', 'a/b', 'a b', 'a\n', 'ä', 'x'.repeat(250)])('%j is refused', (name) => {
    expect(isValidTopicName(name)).toBe(false);
    expect(() => validateTopicName(name)).toThrow(expect.objectContaining({ code: ErrorCode.INVALID_TOPIC_EXCEPTION }));
  });

  test('collide when they differ in "." and "_" only', () => {
    expect(collisionKey('a.b_c')).toBe(collisionKey('a_b.c'));
    expect(collisionKey('a.b')).not.toBe(collisionKey('a-b'));
  });
});
