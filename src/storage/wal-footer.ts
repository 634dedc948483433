/*
 * Decodes protobuf kafscale.storage.WalFooter. A restart reads all of them, with thousands of entries each once objects are
 * merged: this takes half of the time of the generated code or less, and entries of one topic share its name and id.
 * Tags are `field number << 3 | wire type`.
 */

/**
 * One contiguous byte range of whole record batches of one partition. Merged objects have several of a partition when its
 * epoch changed or one would be long.
 */
export interface WalEntry {
  /** 22-character base64url form of the topic's uuid. */
  readonly topicId: string;
  /** Empty in objects of versions that did not write it. */
  readonly topicName: string;
  readonly partition: number;
  readonly leaderEpoch: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** Start of the range in the object, in bytes. */
  readonly position: number;
  /** Size of the range in bytes. */
  readonly length: number;
  /** Largest record timestamp in the range, ms since the Unix epoch. */
  readonly maxTimestamp: number;
  readonly batchCount: number;
  readonly recordCount: number;
  /** The batches of idempotent producers, in offset order. */
  readonly producerBatches: readonly ProducerBatch[];
}

/** One batch of an idempotent producer: what it takes to recognise it again (KIP-98). */
export interface ProducerBatch {
  readonly producerId: number;
  readonly producerEpoch: number;
  readonly firstSequence: number;
  readonly lastSequence: number;
  readonly baseOffset: number;
  readonly lastOffset: number;
  /** ms since the Unix epoch. */
  readonly timestamp: number;
}

export interface WalObjectContents {
  readonly incarnationId: string;
  /** Of a merged object the last of those that it replaces. */
  readonly sequence: number;
  /** The first sequence that the object replaces; {@link sequence} itself unless it is a merged object. */
  readonly firstSequence: number;
  /** When it was sealed, of a merged object when the last of the originals was; ms since the Unix epoch. */
  readonly createdAt: number;
  /** Revision of the metadata store as last seen by the writer; 0 where it isn't known. */
  readonly metadataRevision: number;
  readonly entries: readonly WalEntry[];
}

const VARINT = 0;
const FIXED_64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

const TOPIC_ID_BYTES = 16;
const NO_PRODUCER_BATCHES: readonly ProducerBatch[] = [];

/**
 * Decodes a WAL footer. Fields that this version doesn't know are passed over.
 *
 * @throws RangeError when the bytes are no such message, or hold a number beyond ±(2^53 − 1)
 */
export function decodeWalFooter(bytes: Buffer): WalObjectContents {
  const reader = new FieldReader(bytes);
  const topics = new Topics(bytes);
  const entries: WalEntry[] = [];
  let incarnationId = '';
  let sequence = 0;
  let createdAt = 0;
  let metadataRevision = 0;
  let firstSequence = 0;
  while (reader.at < bytes.length) {
    const tag = reader.varint();
    if (tag === 10) incarnationId = reader.text(bytes.length);
    else if (tag === 16) sequence = reader.varint();
    else if (tag === 24) createdAt = reader.varint();
    else if (tag === 34) entries.push(readEntry(reader, topics, reader.endOf(bytes.length)));
    else if (tag === 40) metadataRevision = reader.varint();
    else if (tag === 48) firstSequence = reader.varint();
    else reader.skip(tag, bytes.length);
  }
  return {
    incarnationId,
    sequence,
    firstSequence: firstSequence === 0 ? sequence : firstSequence,
    createdAt,
    metadataRevision,
    entries,
  };
}

function readEntry(reader: FieldReader, topics: Topics, end: number): WalEntry {
  let topicIdAt = -1;
  let topicNameAt = end;
  let partition = 0;
  let leaderEpoch = 0;
  let baseOffset = 0;
  let lastOffset = 0;
  let position = 0;
  let length = 0;
  let maxTimestamp = 0;
  let recordCount = 0;
  let batchCount = 0;
  let producerBatches: ProducerBatch[] | undefined;
  while (reader.at < end) {
    const tag = reader.varint();
    switch (tag) {
      case 10: {
        const idEnd = reader.endOf(end);
        topicIdAt = reader.at;
        if (idEnd - topicIdAt !== TOPIC_ID_BYTES) throw new RangeError(`a topic id has ${idEnd - topicIdAt} bytes`);
        reader.at = idEnd;
        break;
      }
      case 16:
        partition = reader.varint();
        break;
      case 24:
        leaderEpoch = reader.varint();
        break;
      case 32:
        baseOffset = reader.varint();
        break;
      case 40:
        lastOffset = reader.varint();
        break;
      case 48:
        position = reader.varint();
        break;
      case 56:
        length = reader.varint();
        break;
      case 64:
        maxTimestamp = reader.varint();
        break;
      case 72:
        recordCount = reader.varint();
        break;
      case 82:
        (producerBatches ??= []).push(readProducerBatch(reader, reader.endOf(end)));
        break;
      case 88:
        batchCount = reader.varint();
        break;
      case 98:
        topicNameAt = reader.at;
        reader.at = reader.endOf(end);
        break;
      default:
        reader.skip(tag, end);
    }
  }
  reader.assertAt(end);
  const topic = topics.find(topicIdAt, topicNameAt, end);
  return {
    topicId: topic.id,
    topicName: topic.name,
    partition,
    leaderEpoch,
    baseOffset,
    lastOffset,
    position,
    length,
    maxTimestamp,
    batchCount,
    recordCount,
    producerBatches: producerBatches ?? NO_PRODUCER_BATCHES,
  };
}

function readProducerBatch(reader: FieldReader, end: number): ProducerBatch {
  let producerId = 0;
  let producerEpoch = 0;
  let firstSequence = 0;
  let lastSequence = 0;
  let baseOffset = 0;
  let lastOffset = 0;
  let timestamp = 0;
  while (reader.at < end) {
    const tag = reader.varint();
    if (tag === 8) producerId = reader.varint();
    else if (tag === 16) producerEpoch = reader.varint();
    else if (tag === 24) firstSequence = reader.varint();
    else if (tag === 32) lastSequence = reader.varint();
    else if (tag === 40) baseOffset = reader.varint();
    else if (tag === 48) lastOffset = reader.varint();
    else if (tag === 56) timestamp = reader.varint();
    else reader.skip(tag, end);
  }
  reader.assertAt(end);
  return { producerId, producerEpoch, firstSequence, lastSequence, baseOffset, lastOffset, timestamp };
}

/** Ids and names of the topics in one footer: one string each, however many entries. */
class Topics {
  private readonly known = new Map<string, { readonly id: string; readonly name: string }>();

  constructor(private readonly bytes: Buffer) {}

  /** @param idAt where the id begins; -1 when there is none. @param nameAt where the name's length stands */
  find(idAt: number, nameAt: number, end: number): { readonly id: string; readonly name: string } {
    if (idAt < 0) throw new RangeError('an entry has no topic id');
    const key = this.bytes.toString('latin1', idAt, idAt + TOPIC_ID_BYTES);
    let topic = this.known.get(key);
    if (topic === undefined) {
      const reader = new FieldReader(this.bytes);
      reader.at = nameAt;
      topic = {
        id: this.bytes.toString('base64url', idAt, idAt + TOPIC_ID_BYTES),
        name: nameAt < end ? reader.text(end) : '',
      };
      this.known.set(key, topic);
    }
    return topic;
  }
}

/** Reads the wire format of protobuf. */
class FieldReader {
  at = 0;

  constructor(private readonly bytes: Buffer) {}

  /** A tag, or an int32 or int64. */
  varint(): number {
    let byte = this.byte();
    if (byte < 0x80) return byte;
    let low = byte & 0x7f;
    for (let shift = 7; shift <= 21; shift += 7) {
      byte = this.byte();
      low |= (byte & 0x7f) << shift;
      if (byte < 0x80) return low;
    }
    let high = 0;
    for (let shift = 0; shift <= 14; shift += 7) {
      byte = this.byte();
      high |= (byte & 0x7f) << shift;
      if (byte < 0x80) return high * 2 ** 28 + low;
    }
    return this.longVarint(BigInt(high) * 2n ** 28n + BigInt(low));
  }

  /** Where a length-delimited field ends whose length stands here. */
  endOf(limit: number): number {
    const length = this.varint();
    if (length < 0 || length > limit - this.at) throw new RangeError(`a field of ${length} bytes does not fit`);
    return this.at + length;
  }

  text(limit: number): string {
    const end = this.endOf(limit);
    const text = this.bytes.toString('utf8', this.at, end);
    this.at = end;
    return text;
  }

  /** @throws RangeError when the last field of a message ended behind it */
  assertAt(end: number): void {
    if (this.at !== end) throw new RangeError('a field ends behind its message');
  }

  /** Passes over a field of another version. */
  skip(tag: number, limit: number): void {
    const type = tag & 7;
    if (type === VARINT) this.varint();
    else if (type === LENGTH_DELIMITED) this.at = this.endOf(limit);
    else if (type === FIXED_64 || type === FIXED_32) this.at += type === FIXED_64 ? 8 : 4;
    else throw new RangeError(`wire type ${type} is unknown`);
    if (this.at > limit) throw new RangeError('a field ends behind its message');
  }

  private longVarint(low: bigint): number {
    let value = low;
    for (let shift = 49n; shift <= 63n; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte >= 0x80) continue;
      const number = Number(BigInt.asIntN(64, value));
      if (!Number.isSafeInteger(number)) throw new RangeError(`${value} is not a safe integer`);
      return number;
    }
    throw new RangeError('a number has more than 10 bytes');
  }

  private byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new RangeError('the footer ends too early');
    this.at += 1;
    return byte;
  }
}
