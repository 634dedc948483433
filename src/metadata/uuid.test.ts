import { expect, test } from '@jest/globals';
import { newUuid, uuidBytes, uuidOf } from './uuid.js';

test('a new UUID is random, of version 4, and never starts with "-"', () => {
  const ids = Array.from({ length: 2000 }, () => newUuid());
  expect(new Set(ids).size).toBe(2000);
  for (const id of ids) {
    expect(id).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_-]{21}$/);
    expect(uuidBytes(id)[6]! >> 4).toBe(4);
    expect(uuidBytes(id)[8]! >> 6).toBe(2);
    expect(uuidOf(uuidBytes(id))).toBe(id);
  }
});

test('is never zero, whatever the random source says', () => {
  expect(uuidOf(uuidBytes(newUuid(() => Buffer.alloc(16))))).toBe('AAAAAAAAQACAAAAAAAAAAA');
});

test('other bytes are no UUID', () => {
  expect(uuidOf(Buffer.alloc(16))).toBeUndefined();
  expect(uuidOf(Buffer.alloc(15, 1))).toBeUndefined();
  expect(uuidOf(Buffer.alloc(17, 1))).toBeUndefined();
});
