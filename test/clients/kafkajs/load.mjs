// A load program (see ../README.md) with KafkaJS. Ends when a line comes on stdin.
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import snappy from 'snappy';

const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs;

// What franz-go writes by default; KafkaJS brings gzip only.
CompressionCodecs[CompressionTypes.Snappy] = () => ({
  compress: (encoder) => snappy.compress(encoder.buffer),
  decompress: (data) => snappy.uncompress(data),
});

const plan = JSON.parse(process.argv[2]);
const print = (event) => console.log(JSON.stringify(event));
const { retries, ...config } = plan.config;
const retry = retries === undefined ? {} : { retry: { retries: Number(retries), maxRetryTime: 1_000 } };
const kafka = new Kafka({ clientId: plan.name, brokers: plan.bootstrap.split(','), logLevel: logLevel.NOTHING, ...retry });
const stopped = once(process.stdin, 'data');
let stopping = false;
stopped.then(() => (stopping = true));

await (plan.role === 'produce' ? produce() : consume());
print({ event: 'closed' });
process.exit(0);

async function produce() {
  const producer = kafka.producer({ ...config, ...retry });
  await producer.connect();
  const sequences = Array.from({ length: plan.partitions }, () => 0);
  for (let round = 0; !stopping; round += 1) {
    const partition = round % plan.partitions;
    const count = 1 + (round % 4);
    const sent = { partition, first: sequences[partition], count };
    sequences[partition] += count;
    const messages = Array.from({ length: count }, (_, index) => {
      const key = `${plan.name}:${partition}:${sent.first + index}`;
      return { partition, key, value: `${key} ${'x'.repeat((sent.first + index) % 200)}` };
    });
    print({ event: 'sent', ...sent });
    try {
      const [answer] = await producer.send({ topic: plan.topic, messages, acks: -1 });
      print({ event: 'acked', ...sent, offset: Number(answer?.baseOffset ?? -1) });
    } catch (error) {
      print({ event: 'failed', ...sent, error: String(error) });
    }
    await delay(plan.intervalMs);
  }
  await producer.disconnect();
}

async function consume() {
  const consumer = kafka.consumer({ groupId: plan.group, maxWaitTimeInMs: 500, ...config, ...retry });
  let owned = [];
  const change = (event, partitions) => {
    if (partitions.length > 0 || event === 'assigned') print({ event, partitions });
  };
  // KafkaJS announces no revocation: joining again is one.
  const revoke = () => {
    change('revoked', owned);
    owned = [];
  };
  consumer.on(consumer.events.REBALANCING, revoke);
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    revoke();
    owned = payload.memberAssignment[plan.topic] ?? [];
    change('assigned', owned);
  });
  consumer.on(consumer.events.CRASH, ({ payload }) => {
    revoke();
    if (!payload.restart) print({ event: 'error', error: String(payload.error) });
  });
  await consumer.connect();
  await consumer.subscribe({ topics: [plan.topic], fromBeginning: true });
  await consumer.run({
    autoCommit: false,
    eachBatchAutoResolve: false,
    eachBatch: async ({ batch: { partition, messages }, resolveOffset, heartbeat, isRunning, isStale }) => {
      if (messages.length === 0 || !isRunning() || isStale()) return;
      const values = messages.map(({ value }) => value.toString());
      print({ event: 'records', partition, offset: Number(messages[0].offset), values });
      const next = Number(messages.at(-1).offset) + 1;
      resolveOffset(messages.at(-1).offset);
      await commit(consumer, partition, next);
      await heartbeat();
    },
  });
  await stopped;
  await consumer.disconnect();
}

async function commit(consumer, partition, offset) {
  const offsets = { [partition]: offset };
  try {
    await consumer.commitOffsets([{ topic: plan.topic, partition, offset: String(offset) }]);
    print({ event: 'commit', offsets, outcome: 'ok' });
  } catch (error) {
    // The heartbeat that follows finds out whether the group has changed.
    print({ event: 'commit', offsets, outcome: 'unknown', error: String(error) });
  }
}
