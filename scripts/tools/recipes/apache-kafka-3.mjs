import apacheKafka from './apache-kafka.mjs';

/** The command-line tools of Apache Kafka's 3.x line as jars: `lib/`. */
export default {
  ...apacheKafka,
  name: 'apache-kafka-3',
  version: '3.9.2',
  inputs: [...apacheKafka.inputs, new URL(import.meta.url)],
};
