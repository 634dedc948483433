import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { frame } from '../../../test/support/raw-server.js';
import { CloseConnection } from './close-connection.js';
import { FrameReader } from './frame-reader.js';

class Collector {
  readonly frames: Buffer[] = [];
  readonly asked: number[] = [];
  admits = true;

  admit(bytes: number): boolean {
    this.asked.push(bytes);
    return this.admits;
  }

  frame(bytes: Buffer): void {
    this.frames.push(bytes);
  }

  get texts(): string[] {
    return this.frames.map((bytes) => bytes.toString());
  }
}

function sized(bytes: number): Buffer {
  const prefix = Buffer.alloc(4);
  prefix.writeInt32BE(bytes);
  return prefix;
}

describe('the frame reader', () => {
  test('finds the same frames however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 50 }), { maxLength: 20 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 70 })),
        (texts, sizes) => {
          const stream = Buffer.concat(texts.map(frame));
          const collector = new Collector();
          const reader = new FrameReader(collector, 1000);
          for (let at = 0; at < stream.length;) {
            const size = sizes.next().value as number;
            reader.push(stream.subarray(at, at + size));
            at += size;
          }
          expect(collector.texts).toEqual(texts);
          expect(reader.isMidFrame).toBe(false);
        },
      ),
    );
  });

  test('finds frames that arrive a byte at a time', () => {
    const collector = new Collector();
    const reader = new FrameReader(collector, 1000);
    for (const byte of Buffer.concat(['', 'one', 'two'].map(frame))) reader.push(Buffer.from([byte]));
    expect(collector.texts).toEqual(['', 'one', 'two']);
  });

  test('gives each frame memory of its own', () => {
    const collector = new Collector();
    const stream = Buffer.concat([frame('one'), frame('two')]);
    new FrameReader(collector, 1000).push(stream);
    stream.fill(0);
    expect(collector.texts).toEqual(['one', 'two']);
    expect(collector.frames.map(({ buffer }) => buffer.byteLength)).toEqual([3, 3]);
  });

  test('takes frames of the largest size, and refuses others before it asks for memory', () => {
    const collector = new Collector();
    new FrameReader(collector, 3).push(frame('abc'));
    expect(collector.texts).toEqual(['abc']);
    for (const bytes of [4, 0x7fffffff, -1, -0x80000000]) {
      const refused = new Collector();
      expect(() => new FrameReader(refused, 3).push(sized(bytes))).toThrow(CloseConnection);
      expect(refused.asked).toEqual([]);
    }
  });

  test('stops before a frame that is not admitted, and goes on from there', () => {
    const collector = new Collector();
    const reader = new FrameReader(collector, 1000);
    reader.push(frame('one'));
    collector.admits = false;
    reader.push(Buffer.concat([frame('two'), frame('three').subarray(0, 6)]));
    expect([reader.isBlocked, reader.isMidFrame, collector.texts]).toEqual([true, false, ['one']]);
    reader.push(frame('three').subarray(6));
    reader.resume();
    expect(collector.texts).toEqual(['one']);
    collector.admits = true;
    reader.resume();
    expect([reader.isBlocked, collector.texts]).toEqual([false, ['one', 'two', 'three']]);
    expect(collector.asked).toEqual([3, 3, 3, 3, 5]);
  });

  test('knows whether it waits for the rest of a frame', () => {
    const collector = new Collector();
    const reader = new FrameReader(collector, 1000);
    const states = [...frame('ab')].map((byte) => {
      reader.push(Buffer.from([byte]));
      return reader.isMidFrame;
    });
    expect(states).toEqual([true, true, true, true, true, false]);
  });

  test('forgets what it has when told so', () => {
    const collector = new Collector();
    const reader = new FrameReader(collector, 1000);
    reader.push(frame('lost').subarray(0, 6));
    reader.discard();
    expect(reader.isMidFrame).toBe(false);
    reader.push(frame('kept'));
    expect(collector.texts).toEqual(['kept']);
  });
});
