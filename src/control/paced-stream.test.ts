import { describe, expect, test } from '@jest/globals';
import { PacedStream } from './paced-stream.js';

/** Takes a number of events, and then no more until it drains. */
class Reader {
  readonly taken: number[] = [];
  private drained: (() => void) | undefined;

  constructor(private room: number) {}

  write(event: number): boolean {
    this.taken.push(event);
    this.room -= 1;
    return this.room > 0;
  }

  on(_name: 'drain', listener: () => void): void {
    this.drained = listener;
  }

  off(): void {
    this.drained = undefined;
  }

  drain(room: number): void {
    this.room = room;
    this.drained?.();
  }
}

describe('a stream at the pace of its reader', () => {
  const start = (room: number, limit = 3) => {
    const reader = new Reader(room);
    const ends: string[] = [];
    const stream = new PacedStream<number>(reader, limit, (reason) => ends.push(reason));
    return { reader, ends, stream };
  };

  test('keeps the order: first ones, what came meanwhile, what comes later', () => {
    const { reader, stream, ends } = start(2);
    stream.begin([1, 2, 3, 4]);
    stream.push(5);
    stream.push(6);
    expect(reader.taken).toEqual([1, 2]);
    reader.drain(3);
    expect(reader.taken).toEqual([1, 2, 3, 4, 5]);
    reader.drain(9);
    stream.push(7);
    stream.end();
    expect(reader.taken).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(ends).toEqual(['written']);
  });

  test('ends only when all was written', () => {
    const { reader, stream, ends } = start(1);
    stream.begin([1, 2]);
    stream.end();
    expect(ends).toEqual([]);
    reader.drain(9);
    expect([reader.taken, ends]).toEqual([[1, 2], ['written']]);
  });

  test('a reader that falls too far behind has lost it, whatever the first ones were', () => {
    const { reader, stream, ends } = start(1);
    stream.begin(Array.from({ length: 100 }, (_, index) => index));
    for (const event of [100, 101, 102]) stream.push(event);
    expect(ends).toEqual([]);
    stream.push(103);
    stream.push(104);
    expect(ends).toEqual(['too slow']);
    reader.drain(1000);
    expect(reader.taken).toEqual([0]);
  });
});
