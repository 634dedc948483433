import { Producer, stringSerializers } from '@platformatic/kafka';

const BATCH = 50;
const IN_FLIGHT = 8;

/** What record `index` of a run says; whoever reads it can tell whether it is right. */
export function valueOf(runId, index) {
  return JSON.stringify({ runId, index, text: 'the quick brown fox jumps over the lazy dog' });
}

/** Produces the records of a run: several requests under way, each waiting for its acknowledgement. */
export async function produceAll({ bootstrap, topic, partitions, records, runId }, latencies, progress) {
  const producer = new Producer({
    clientId: 'kafscale-demo',
    bootstrapBrokers: [bootstrap],
    serializers: stringSerializers,
  });
  const startedAt = performance.now();
  let next = 0;
  let acknowledged = 0;
  let bytes = 0;

  const send = async () => {
    while (next < records) {
      const first = next;
      next = Math.min(records, first + BATCH);
      const messages = Array.from({ length: next - first }, (_, offset) => {
        const index = first + offset;
        const value = valueOf(runId, index);
        bytes += value.length;
        return { topic, partition: Math.floor(first / BATCH) % partitions, key: String(index), value };
      });
      const sentAt = performance.now();
      await producer.send({ messages });
      latencies.add(performance.now() - sentAt);
      acknowledged += messages.length;
      progress(acknowledged);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, send));
  await producer.close();
  return { records: acknowledged, bytes, seconds: (performance.now() - startedAt) / 1000 };
}
