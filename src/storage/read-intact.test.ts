import { expect, test } from '@jest/globals';
import { READS_OF_DAMAGED, readIntact } from './read-intact.js';

class Damaged extends Error {}
const isDamage = (error: unknown) => error instanceof Damaged;

test('what arrives damaged is read again, and told so', async () => {
  const reads: boolean[] = [];
  const seen: number[] = [];
  const read = (wasDamaged: boolean) =>
    reads.push(wasDamaged) < 3 ? Promise.reject(new Damaged()) : Promise.resolve('whole');
  await expect(readIntact(read, isDamage, (_, attempt) => seen.push(attempt))).resolves.toBe('whole');
  expect(reads).toEqual([false, true, true]);
  expect(seen).toEqual([1, 2]);
});

test('what is damaged each time is an error in the end', async () => {
  let reads = 0;
  const read = () => Promise.reject(new Damaged(`read ${(reads += 1)}`));
  await expect(readIntact(read, isDamage)).rejects.toThrow(`read ${READS_OF_DAMAGED}`);
});

test('other errors are thrown at once', async () => {
  let reads = 0;
  const read = () => Promise.reject(new Error(`read ${(reads += 1)}`));
  await expect(readIntact(read, isDamage)).rejects.toThrow('read 1');
});
