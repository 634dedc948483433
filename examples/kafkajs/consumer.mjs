// Prints records until it is interrupted.
import { kafka } from './kafka.mjs';

const consumer = kafka.consumer({ groupId: 'orders-consumer' });
await consumer.connect();
await consumer.subscribe({ topic: 'orders', fromBeginning: true });
await consumer.run({
  eachMessage: async ({ message }) => console.log(`${message.key}: ${message.value}`),
});

// Leaves the group, and commits how far it came.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => consumer.disconnect());
