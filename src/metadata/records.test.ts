import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { kafscale } from '../generated/metadata.js';
import { MetadataFormatError } from './metadata-store.js';
import * as records from './records.js';
import {
  decodeDeletedTopic,
  decodeIncarnationCommit,
  decodePartitionAssignment,
  decodePartitionState,
  decodeTrimMark,
  decodeWalMerges,
  encodeDeletedTopic,
  encodeIncarnationCommit,
  encodePartitionAssignment,
  encodePartitionState,
  encodeTopicConfig,
  encodeTrimMark,
  encodeWalMerges,
} from './records.js';

const key = 'commits/X';

describe('records', () => {
  test('carry the format version', () => {
    const value = encodeIncarnationCommit({ incarnationId: 'X', committedSequence: 7, brokerId: '3' });
    const decoded = decodeIncarnationCommit(value, key);
    expect(decoded.formatVersion).toBe(1);
    expect(decoded.committedSequence).toBe(7);
    expect(decoded.brokerId).toBe('3');
  });

  test('all carry it, and are refused when it is newer, but for the format level that decides it', () => {
    const named = (prefix: string) => Object.entries(records).filter(([name]) => name.startsWith(prefix));
    const [versionOne, versionTwo] = [1, 2].map((version) => Buffer.from([0x80, 0x01, version]));
    for (const [, encode] of named('encode')) {
      expect((encode as (fields: object) => Buffer)({}).includes(versionOne!)).toBe(true);
    }
    for (const [name, decode] of named('decode')) {
      const decoding = expect(() => (decode as (value: Buffer, key: string) => unknown)(versionTwo!, key));
      if (name === 'decodeFormatLevel') decoding.not.toThrow();
      else decoding.toThrow(MetadataFormatError);
    }
  });

  test('are what other readers of the package kafscale.metadata expect', () => {
    const value = encodeTopicConfig({ name: 'a', partitions: 2, retentionMs: -1, config: { k: 'v' } });
    expect(value.toString('hex')).toBe(
      '0a0161' + '1002' + '20' + 'ffffffffffffffffff01' + '4206' + '0a016b' + '120176' + '800101',
    );
  });

  test('without a version are read', () => {
    const value = Buffer.from(kafscale.metadata.IncarnationCommit.encode({ committedSequence: 5 }).finish());
    expect(decodeIncarnationCommit(value, key).committedSequence).toBe(5);
  });

  test('of a newer version are refused, naming key and version', () => {
    const value = Buffer.from(kafscale.metadata.IncarnationCommit.encode({ formatVersion: 2 }).finish());
    const decode = () => decodeIncarnationCommit(value, key);
    expect(decode).toThrow(MetadataFormatError);
    expect(decode).toThrow('commits/X has IncarnationCommit format version 2');
  });

  test('that are no protobuf are refused, naming the key', () => {
    const decode = () => decodeIncarnationCommit(Buffer.from('{"json": true}'), key);
    expect(decode).toThrow(MetadataFormatError);
    expect(decode).toThrow('commits/X');
  });

  test('keep open and closed tenures apart', () => {
    const value = encodePartitionAssignment({
      brokerId: '1',
      epoch: 3,
      tenures: [
        { incarnationId: 'A', epoch: 2, fromOffset: 0, toOffset: 0 },
        { incarnationId: 'B', epoch: 3, fromOffset: 0 },
      ],
    });
    const { tenures } = decodePartitionAssignment(value, 'assignments/t/0');
    expect(tenures.map((tenure) => tenure.toOffset ?? undefined)).toEqual([0, undefined]);
  });

  test('about objects that may be deleted are read back as they were written', () => {
    const number = fc.maxSafeNat();
    const merge = fc.record({ from: number, to: number, key: fc.string({ unit: 'grapheme' }) });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), number, fc.array(merge), (text, offset, merges) => {
        const pointer = { manifestVersion: offset, manifestKey: text, checkpointOffset: offset };
        expect(decodePartitionState(encodePartitionState(pointer), key)).toMatchObject(pointer);
        const trim = { incarnationId: text, sequence: offset };
        expect(decodeTrimMark(encodeTrimMark(trim), key)).toMatchObject(trim);
        const list = { incarnationId: text, merges };
        expect(decodeWalMerges(encodeWalMerges(list), key)).toMatchObject(list);
        const note = { name: text, topicId: Buffer.from(text), partitions: 9, createdAt: text, deletedAt: text };
        const { name, topicId, partitions, createdAt, deletedAt } = decodeDeletedTopic(encodeDeletedTopic(note), key);
        expect({ name, topicId: Buffer.from(topicId), partitions, createdAt, deletedAt }).toEqual(note);
      }),
    );
  });
});
