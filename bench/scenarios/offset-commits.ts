import type { Scenario } from '../bench.js';
import { measureCost } from '../measure/broker-cost.js';
import { memory } from '../measure/process-usage.js';

const COMMITS_PER_SECOND = 10_000;
/** As many partitions of groups as commits in a second: none is committed twice in one transaction. */
const GROUPS = 1_000;
const PARTITIONS = 10;
const CONNECTIONS = 100;
const IN_FLIGHT = 10;

const PACES = [
  { name: `${COMMITS_PER_SECOND}/s`, pace: { commitsPerSecond: COMMITS_PER_SECOND }, budget: undefined },
  { name: 'most', pace: 'as fast as possible', budget: { atLeast: COMMITS_PER_SECOND } },
] as const;

export const offsetCommitsScenario: Scenario = {
  name: 'offset-commits',
  summary: `offset commits of ${GROUPS} groups over ${CONNECTIONS} connections, ${COMMITS_PER_SECOND} a second and more`,
  oursOnly: true,
  run: (bench) =>
    bench.withOurs({}, async (broker) => {
      const { durationMs } = bench.options;
      const load = { kind: 'commit-offsets', groups: GROUPS, connections: CONNECTIONS, inFlight: IN_FLIGHT } as const;
      const job = { ...load, ...(await bench.createTopic(broker, PARTITIONS)) };
      // Compilers settle, and each partition has its first offset.
      await bench.load.run({ ...job, pace: { commitsPerSecond: COMMITS_PER_SECOND }, durationMs: 2_000 });
      for (const { name, pace, budget } of PACES) {
        const run = () => bench.load.run({ ...job, pace, durationMs });
        const { result, seconds, ...cost } = await measureCost(bench, broker, run);
        bench.record(broker, `${name}: acknowledged`, result.commits / result.seconds, 'commits/s', budget);
        bench.record(broker, `${name}: refused`, result.refused, 'commits', { atMost: 0 });
        bench.record(broker, `${name}: ack p50`, result.ack.p50Ms, 'ms');
        bench.record(broker, `${name}: ack p99`, result.ack.p99Ms, 'ms');
        bench.record(broker, `${name}: etcd transactions`, cost.transactions / seconds, 'per s');
        bench.record(broker, `${name}: commits per transaction`, result.commits / cost.transactions, 'commits');
        bench.record(broker, `${name}: broker CPU`, cost.cpuSeconds / (result.commits / 1e5), 'CPU-s/100,000 commits');
      }
      bench.record(broker, 'peak RSS', memory(broker.pid).peakRss / 1e6, 'MB');
    }),
};
