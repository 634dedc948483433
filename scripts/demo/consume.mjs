import { Consumer } from '@platformatic/kafka';
import { valueOf } from './produce.mjs';

const MAX_BYTES = 8 * 1024 * 1024;
const MAX_WAIT_MS = 500;
/** Isolation levels of the Fetch request. */
const READ_COMMITTED = 1;

/** Reads every partition from its start to its end, as a consumer with assigned partitions does. */
export async function consumeAll({ bootstrap, topic, partitions, records, runId }, progress) {
  const consumer = new Consumer({ clientId: 'kafscale-demo', groupId: 'kafscale-demo', bootstrapBrokers: [bootstrap] });
  const startedAt = performance.now();
  const metadata = (await consumer.metadata({ topics: [topic] })).topics.get(topic);
  const ends = (await consumer.listOffsets({ topics: [topic] })).get(topic);
  const result = { records: 0, bytes: 0, wrong: 0 };

  for (let partition = 0; partition < partitions; partition++) {
    let offset = 0n;
    while (offset < ends[partition]) {
      const batches = await fetchFrom(consumer, metadata, partition, offset);
      for (const batch of batches) {
        for (const record of batch.records) {
          const position = batch.firstOffset + BigInt(record.offsetDelta);
          if (position < offset) continue;
          offset = position + 1n;
          const value = record.value.toString();
          if (value !== valueOf(runId, Number(record.key.toString()))) result.wrong += 1;
          result.records += 1;
          result.bytes += value.length;
        }
      }
      progress(Math.min(result.records, records));
    }
  }
  await consumer.close();
  return { ...result, seconds: (performance.now() - startedAt) / 1000 };
}

async function fetchFrom(consumer, topic, partition, offset) {
  const { responses } = await consumer.fetch({
    node: topic.partitions[partition].leader,
    minBytes: 1,
    maxBytes: MAX_BYTES,
    maxWaitTime: MAX_WAIT_MS,
    isolationLevel: READ_COMMITTED,
    topics: [
      {
        topicId: topic.id,
        partitions: [
          {
            partition,
            currentLeaderEpoch: -1,
            fetchOffset: offset,
            lastFetchedEpoch: -1,
            logStartOffset: -1n,
            partitionMaxBytes: MAX_BYTES,
          },
        ],
      },
    ],
  });
  return responses[0]?.partitions[0]?.records ?? [];
}
