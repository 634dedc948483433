import type { Bench, Scenario } from '../bench.js';
import type { KafscaleBroker } from '../brokers/kafscale.js';
import type { CommitOffsetsJob } from '../load/jobs.js';
import { measureCost } from '../measure/broker-cost.js';
import { memory } from '../measure/process-usage.js';

const OFFSETS_PER_SECOND = 10_000;
/** As many partitions of groups as offsets in a second: hardly any is committed twice in one transaction. */
const GROUPS = 1_000;
const PARTITIONS = 10;
const CONNECTIONS = 100;
const IN_FLIGHT = 10;
/** Until compilers settle, and each partition has its first offset. */
const WARM_UP_MS = 5_000;

export const offsetCommitsScenario: Scenario = {
  name: 'offset-commits',
  summary: `${OFFSETS_PER_SECOND} offsets a second and more, of ${GROUPS} groups over ${CONNECTIONS} connections`,
  oursOnly: true,
  run: (bench) =>
    bench.withOurs({}, async (broker) => {
      const load = { kind: 'commit-offsets', groups: GROUPS, connections: CONNECTIONS, inFlight: IN_FLIGHT } as const;
      const job = { ...load, ...(await bench.createTopic(broker, PARTITIONS)), durationMs: bench.options.durationMs };
      for (const offsetsPerRequest of [PARTITIONS, 1]) {
        const each = { ...job, offsetsPerRequest } as const;
        await bench.load.run({ ...each, pace: 'as fast as possible', durationMs: WARM_UP_MS });
        const name = `${offsetsPerRequest} offset${offsetsPerRequest === 1 ? '' : 's'} a request`;
        await measure(bench, broker, `${name}, the most`, { ...each, pace: 'as fast as possible' });
        const pace = { offsetsPerSecond: OFFSETS_PER_SECOND };
        await measure(bench, broker, `${name}, ${OFFSETS_PER_SECOND} offsets/s`, { ...each, pace });
      }
      bench.record(broker, 'peak RSS', memory(broker.pid).peakRss / 1e6, 'MB');
    }),
};

async function measure(bench: Bench, broker: KafscaleBroker, name: string, job: CommitOffsetsJob): Promise<void> {
  const { result, ...cost } = await measureCost(bench, broker, () => bench.load.run(job));
  const isPaced = job.pace !== 'as fast as possible';
  const budget = isPaced ? undefined : { atLeast: OFFSETS_PER_SECOND };
  bench.record(broker, `${name}: acknowledged`, result.offsets / result.seconds, 'offsets/s', budget);
  bench.record(broker, `${name}: refused`, result.refused, 'requests', { atMost: 0 });
  // Else it says no more than how many were under way.
  if (isPaced) {
    bench.record(broker, `${name}: ack p50`, result.ack.p50Ms, 'ms');
    bench.record(broker, `${name}: ack p99`, result.ack.p99Ms, 'ms');
  }
  bench.record(broker, `${name}: etcd transactions`, cost.transactions / cost.seconds, 'per s');
  bench.record(broker, `${name}: offsets per transaction`, result.offsets / cost.transactions, 'offsets');
  bench.record(broker, `${name}: broker CPU`, cost.cpuSeconds / (result.offsets / 1e5), 'CPU-s/100,000 offsets');
}
