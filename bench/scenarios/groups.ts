import type { Scenario } from '../bench.js';
import { measureCost } from '../measure/broker-cost.js';
import { memory } from '../measure/process-usage.js';

const GROUPS = 1_000;
const MEMBERS_PER_GROUP = 2;

export const groupsScenario: Scenario = {
  name: 'groups',
  summary: `${GROUPS} groups of ${MEMBERS_PER_GROUP} members that send heartbeats`,
  oursOnly: true,
  run: (bench) =>
    bench.withOurs({}, async (broker) => {
      const target = await bench.createTopic(broker, MEMBERS_PER_GROUP);
      const sizes = { groups: GROUPS, membersPerGroup: MEMBERS_PER_GROUP };
      const join = () => bench.load.run({ kind: 'join-groups', ...sizes, ...target });
      const joined = await measureCost(bench, broker, join);
      bench.record(broker, 'all join: until all are assigned', joined.result.seconds, 's');
      bench.record(broker, 'all join: etcd transactions', joined.transactions, 'transactions');
      bench.record(broker, 'all join: broker CPU', joined.cpuSeconds, 'CPU-s');

      const { durationMs } = bench.options;
      const stable = await measureCost(bench, broker, () => bench.load.run({ kind: 'heartbeats', durationMs }));
      bench.record(broker, 'stable: heartbeats', stable.result.count / stable.seconds, 'per s');
      bench.record(broker, 'stable: heartbeat p99', stable.result.latency.p99Ms, 'ms');
      bench.record(broker, 'stable: etcd transactions', stable.transactions, 'transactions', { atMost: 0 });
      bench.record(broker, 'stable: broker CPU', (stable.cpuSeconds / stable.seconds) * 100, '% of a core');
      bench.record(broker, 'RSS', memory(broker.pid).rss / 1e6, 'MB');
      await bench.load.run({ kind: 'close-groups' });
    }),
};
