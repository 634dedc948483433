// Runs a scenario's produce steps with KafkaJS. Its consumer knows groups only, so there are no consume steps.
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import lz4 from 'lz4-napi';
import snappy from 'snappy';

const { CompressionCodecs, CompressionTypes, Kafka, logLevel } = kafkajs;

// KafkaJS brings gzip only; others are plugged in by its users.
const plugged = {
  [CompressionTypes.Snappy]: [(data) => snappy.compress(data), (data) => snappy.uncompress(data)],
  [CompressionTypes.LZ4]: [(data) => lz4.compressFrame(data), (data) => lz4.decompressFrame(data)],
  [CompressionTypes.ZSTD]: [promisify(zstdCompress), promisify(zstdDecompress)],
};
for (const [type, [compress, decompress]] of Object.entries(plugged)) {
  CompressionCodecs[type] = () => ({ compress: (encoder) => compress(encoder.buffer), decompress });
}

const types = {
  none: CompressionTypes.None,
  gzip: CompressionTypes.GZIP,
  snappy: CompressionTypes.Snappy,
  lz4: CompressionTypes.LZ4,
  zstd: CompressionTypes.ZSTD,
};

const toText = (text) => (text !== null && typeof text === 'object' ? text.repeat.repeat(text.times) : (text ?? null));

function toMessage(record) {
  const message = { key: toText(record.key), value: toText(record.value) };
  if (record.partition !== undefined) message.partition = record.partition;
  if (record.timestamp !== undefined) message.timestamp = String(record.timestamp);
  message.headers = Object.fromEntries((record.headers ?? []).map(([name, value]) => [name, toText(value)]));
  return message;
}

async function produce(kafka, number, step) {
  const { acks, ...config } = step.config ?? {};
  const producer = kafka.producer(config);
  await producer.connect();
  const messages = step.records.map(toMessage);
  const compression = types[step.codec ?? 'none'];
  const options = acks === undefined ? { compression } : { compression, acks: Number(acks) };
  const results = await producer.send({ topic: step.topic, messages, ...options });
  await producer.disconnect();
  for (const { partition, baseOffset } of results ?? []) {
    const offset = baseOffset === undefined ? null : Number(baseOffset);
    console.log(JSON.stringify({ event: 'acked', step: number, index: null, partition, offset }));
  }
}

const scenario = JSON.parse(process.argv[2]);
const kafka = new Kafka({ brokers: [scenario.bootstrap], logLevel: logLevel.ERROR });
for (const [number, step] of scenario.steps.entries()) {
  if (step.op !== 'produce') throw new Error(`unknown step ${step.op}`);
  await produce(kafka, number, step);
}
