import type { Scenario } from '../bench.js';
import type { Budget } from '../figures.js';

const PUT_MS = 30;
const RECORDS_PER_SECOND = 100;
const PARTITIONS = [1, 64, 1000];

export const writeRateScenario: Scenario = {
  name: 'write-rate',
  summary: `PUTs per second at ${RECORDS_PER_SECOND} records/s over ${PARTITIONS.join(', ')} partitions`,
  oursOnly: true,
  run: async (bench) => {
    for (const partitions of PARTITIONS) {
      await bench.withOurs({}, async (broker) => {
        const s3 = await bench.s3();
        const load = { kind: 'trickle', recordsPerSecond: RECORDS_PER_SECOND } as const;
        const job = { ...load, ...(await bench.createTopic(broker, partitions)) };
        await s3.delay({ put: PUT_MS });
        await bench.load.run({ ...job, durationMs: 2_000 });
        const startedAt = performance.now();
        const measured = () => bench.load.run({ ...job, durationMs: bench.options.durationMs });
        const { requests } = await s3.counting(measured);
        const seconds = (performance.now() - startedAt) / 1000;
        bench.record(
          broker,
          `${partitions} partition${partitions === 1 ? '' : 's'}`,
          requests.put / seconds,
          'PUT/s',
          atMostPerSecond(8, seconds),
        );
      });
    }
  },
};

/** Objects are counted whole: one more than the rate allows is chance. */
function atMostPerSecond(rate: number, seconds: number): Budget {
  return { atMost: rate + 1 / seconds };
}
