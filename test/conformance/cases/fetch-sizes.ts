import { describe, expect, test } from '@jest/globals';
import { ErrorCode } from '../../../src/protocol/errors.js';
import type { WireClient } from '../../support/wire-client.js';
import { batchOf, fetch, produce, recordBytes } from '../records.js';
import type { FetchOptions } from '../records.js';
import type { Subject } from '../subject.js';
import { createTopic } from '../topics.js';
import type { TestTopic } from '../topics.js';

export function fetchSizeCases(subject: Subject): void {
  /** Puts a batch of about a megabyte into each of two partitions. */
  async function twoLargePartitions(): Promise<{ client: WireClient; topic: TestTopic; batchBytes: number }> {
    const client = await subject.connect();
    const topic = await createTopic(client, { partitions: 2 });
    const batch = batchOf(['x'.repeat(1_000_000)]);
    await Promise.all([0, 1].map((partition) => produce(client, topic, batch, { partition })));
    return { client, topic, batchBytes: batch.length };
  }

  /** How many bytes of records come from partitions 0 and 1. */
  async function sizes(
    client: WireClient,
    topic: TestTopic,
    maxBytes: number,
    options: FetchOptions,
  ): Promise<number[]> {
    const positions = [0, 1].map((partition) => ({ topic, partition, offset: 0, maxBytes }));
    const answer = await fetch(client, positions, options);
    const partitions = answer.responses.flatMap((response) => response.partitions);
    expect(partitions.map(({ errorCode }) => errorCode)).toEqual([ErrorCode.NONE, ErrorCode.NONE]);
    return partitions
      .sort((a, b) => a.partitionIndex - b.partitionIndex)
      .map((partition) => recordBytes(partition).length);
  }

  describe('sizes of Fetch', () => {
    test('63 the first batch comes whole however small the limits; one that does not fit later stays away', async () => {
      const { client, topic, batchBytes } = await twoLargePartitions();
      expect(await sizes(client, topic, 1, {})).toEqual([batchBytes, 0]);
      expect(await sizes(client, topic, 1, { maxBytes: 1 })).toEqual([batchBytes, 0]);
    });

    test('63 the limit of the whole fetch leaves out the partition that exceeds it', async () => {
      const { client, topic, batchBytes } = await twoLargePartitions();
      const room = 10 * batchBytes;
      expect(await sizes(client, topic, room, { maxBytes: batchBytes })).toEqual([batchBytes, 0]);
      expect(await sizes(client, topic, room, { maxBytes: 2 * batchBytes })).toEqual([batchBytes, batchBytes]);
    });
  });
}
