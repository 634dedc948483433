// Writes one record, with the library's default settings, and prints where it went.
import { kafka } from './kafka.mjs';

const producer = kafka.producer();
await producer.connect();
const [written] = await producer.send({ topic: 'orders', messages: [{ key: 'key-1', value: 'value-1' }] });
console.log(`written to ${written.topicName}-${written.partition}@${written.baseOffset}`);
await producer.disconnect();
