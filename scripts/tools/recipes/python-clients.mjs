import { pythonWith } from '../pip.mjs';

/** Python's Kafka clients, and `bin/python`, an interpreter that sees them. */
export default {
  name: 'python-clients',
  version: '1',
  toolchain: 'python3',
  inputs: [new URL(import.meta.url)],
  async install(directory) {
    await pythonWith(directory, [
      'confluent-kafka==2.16.1',
      'kafka-python==3.0.12',
      'aiokafka==0.14.0',
      // Codecs of the two pure Python clients.
      'cramjam==2.14.0',
      'lz4==4.4.5',
      'python-snappy==0.7.3',
      'zstandard==0.25.0',
    ]);
  },
};
