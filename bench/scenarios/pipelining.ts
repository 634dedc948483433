import type { Scenario } from '../bench.js';

const PUT_MS = 100;
const MIB = 1024 * 1024;

/** What a Java producer has on the way at most, at its defaults: five requests of 1 MiB. */
const PRODUCER = { connections: 1, inFlight: 5, batchBytes: MIB };

export const pipeliningScenario: Scenario = {
  name: 'pipelining',
  summary: `throughput of one connection to one partition, with PUTs of ${PUT_MS} ms`,
  oursOnly: true,
  run: (bench) =>
    bench.withOurs({}, async (broker) => {
      const job = {
        kind: 'produce',
        ...PRODUCER,
        ...(await bench.createTopic(broker, 1)),
        totalBytes: bench.options.transferBytes,
        limitMs: bench.options.durationMs,
      } as const;
      await (await bench.s3()).delay({ put: PUT_MS });
      const { bytes, seconds } = await bench.load.run(job);
      bench.record(broker, 'one connection: throughput', bytes / 1e6 / seconds, 'MB/s', { atLeast: 20 });
    }),
};
