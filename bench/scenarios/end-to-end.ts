import type { Bench, Scenario } from '../bench.js';
import type { BrokerUnderTest } from '../brokers/broker-under-test.js';

const PUT_MS = 30;
const RECORDS_PER_SECOND = 100;
const PARTITIONS = 4;

export const endToEndScenario: Scenario = {
  name: 'end-to-end',
  summary: `from producer to consumer at ${RECORDS_PER_SECOND} records/s; on S3 with PUTs of ${PUT_MS} ms`,
  oursOnly: false,
  run: (bench) => bench.forEachBroker((broker) => measure(bench, broker)),
};

async function measure(bench: Bench, broker: BrokerUnderTest): Promise<void> {
  const load = { kind: 'trickle', recordsPerSecond: RECORDS_PER_SECOND } as const;
  const job = { ...load, ...(await bench.createTopic(broker, PARTITIONS)) };
  const onS3 = broker.kind === 'kafscale-s3';
  if (onS3) await (await bench.s3()).delay({ put: PUT_MS });
  // The write budget of a quiet broker holds a second's worth: what is measured is what lasts.
  await bench.load.run({ ...job, durationMs: 2_000 });
  const { ack, endToEnd } = await bench.load.run({ ...job, durationMs: bench.options.durationMs });
  bench.record(broker, 'end to end p50', endToEnd.p50Ms, 'ms', onS3 ? { atMost: 110 } : undefined);
  bench.record(broker, 'end to end p99', endToEnd.p99Ms, 'ms', onS3 ? { atMost: 200 } : undefined);
  bench.record(broker, 'ack p50', ack.p50Ms, 'ms');
  bench.record(broker, 'ack p99', ack.p99Ms, 'ms');
}
