import { Kafka, logLevel } from 'kafkajs';

/** The broker is the first argument, or KAFSCALE_BOOTSTRAP, or localhost:9092. */
const bootstrap = process.argv[2] ?? process.env.KAFSCALE_BOOTSTRAP ?? 'localhost:9092';

export const kafka = new Kafka({ clientId: 'orders', brokers: [bootstrap], logLevel: logLevel.WARN });
