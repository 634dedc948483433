// A member of a consumer group (see ../README.md), with KafkaJS. Leaves when a line comes on stdin.
import { once } from 'node:events';
import kafkajs from 'kafkajs';

const { Kafka, logLevel } = kafkajs;
const plan = JSON.parse(process.argv[2]);
const print = (event) => console.log(JSON.stringify(event));

const kafka = new Kafka({ brokers: [plan.bootstrap], logLevel: logLevel.NOTHING });
const consumer = kafka.consumer({ groupId: plan.group, ...plan.config });
let owned = [];

// KafkaJS announces no revocation: joining again is one.
consumer.on(consumer.events.REBALANCING, () => {
  print({ event: 'revoked', partitions: owned });
  owned = [];
});
consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
  if (owned.length > 0) print({ event: 'revoked', partitions: owned });
  owned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
    partitions.map((partition) => `${topic}-${partition}`),
  );
  print({ event: 'assigned', partitions: owned });
});

await consumer.connect();
await consumer.subscribe({ topics: plan.topics, fromBeginning: true });
await consumer.run({
  eachMessage: async ({ topic, partition, message }) => {
    print({ event: 'record', topic, partition, offset: Number(message.offset), value: message.value.toString() });
  },
});
await once(process.stdin, 'data');
await consumer.disconnect();
print({ event: 'closed' });
process.exit(0);
