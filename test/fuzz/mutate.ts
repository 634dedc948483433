import type { Random } from './random.js';

/** Values that length checks get wrong. */
const EDGES = [0, 1, -1, 0x7f, 0x80, 0xff, 0x7fff, -0x8000, 0x7fffffff, -0x80000000, 0x7ffffffe, 1 << 20];

type Mutation = (bytes: Buffer, random: Random, corpus: readonly Buffer[]) => Buffer;

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  flipBit,
  setByte,
  setByte,
  setEdge,
  setEdge,
  setEdge,
  truncate,
  removePart,
  repeatPart,
  joinAnother,
  growVarint,
];

/** A copy of `bytes` with one to four things wrong with it. */
export function mutate(bytes: Buffer, random: Random, corpus: readonly Buffer[]): Buffer {
  let mutated = Buffer.from(bytes);
  for (let times = 1 + random.below(4); times > 0; times--) {
    mutated = Buffer.from(random.pick(MUTATIONS)(mutated, random, corpus));
    if (mutated.length === 0) return mutated;
  }
  return mutated;
}

function flipBit(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
  return bytes;
}

function setByte(bytes: Buffer, random: Random): Buffer {
  bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
}

function setEdge(bytes: Buffer, random: Random): Buffer {
  const value = random.pick(EDGES);
  const at = random.below(bytes.length);
  if (at + 4 <= bytes.length && random.below(2) === 0) bytes.writeInt32BE(value, at);
  else if (at + 2 <= bytes.length) bytes.writeUInt16BE(value & 0xffff, at);
  else bytes[at] = value & 0xff;
  return bytes;
}

function truncate(bytes: Buffer, random: Random): Buffer {
  return bytes.subarray(0, random.below(bytes.length));
}

function removePart(bytes: Buffer, random: Random): Buffer {
  const from = random.below(bytes.length);
  return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + random.below(8))]);
}

function repeatPart(bytes: Buffer, random: Random): Buffer {
  const from = random.below(bytes.length);
  const part = bytes.subarray(from, from + 1 + random.below(16));
  return Buffer.concat([bytes.subarray(0, from), part, part, bytes.subarray(from)]);
}

function joinAnother(bytes: Buffer, random: Random, corpus: readonly Buffer[]): Buffer {
  const other = random.pick(corpus);
  return Buffer.concat([bytes.subarray(0, random.below(bytes.length)), other.subarray(random.below(other.length))]);
}

function growVarint(bytes: Buffer, random: Random): Buffer {
  const at = random.below(bytes.length);
  bytes.fill(0xff, at, Math.min(at + 1 + random.below(11), bytes.length));
  return bytes;
}
