import type { Bench, Scenario } from '../bench.js';
import type { KafscaleBroker } from '../brokers/kafscale.js';
import type { BrokerCost } from '../measure/broker-cost.js';
import { measureCost } from '../measure/broker-cost.js';
import { memory } from '../measure/process-usage.js';

const MEMBERS = 1_000;

export const groupSizeScenario: Scenario = {
  name: 'group-size',
  summary: `${MEMBERS} members join one group, and one of them leaves`,
  oursOnly: true,
  run: (bench) =>
    bench.withOurs({}, async (broker) => {
      const target = await bench.createTopic(broker, MEMBERS);
      const rssBefore = memory(broker.pid).rss;
      const join = () => bench.load.run({ kind: 'join-groups', groups: 1, membersPerGroup: MEMBERS, ...target });
      record(bench, broker, 'all join', await measureCost(bench, broker, join));
      record(
        bench,
        broker,
        'one leaves',
        await measureCost(bench, broker, () => bench.load.run({ kind: 'leave-group' })),
      );
      bench.record(broker, 'RSS', memory(broker.pid).rss / 1e6, 'MB');
      bench.record(broker, 'RSS, of this for the members', (memory(broker.pid).rss - rssBefore) / 1e6, 'MB');
      await bench.load.run({ kind: 'close-groups' });
    }),
};

function record(bench: Bench, broker: KafscaleBroker, name: string, cost: BrokerCost<{ readonly seconds: number }>) {
  bench.record(broker, `${name}: until everybody is assigned`, cost.result.seconds, 's');
  bench.record(broker, `${name}: etcd transactions`, cost.transactions, 'transactions');
  bench.record(broker, `${name}: broker CPU`, cost.cpuSeconds, 'CPU-s');
}
