import { setTimeout as delay } from 'node:timers/promises';
import type { Scenario } from '../bench.js';
import { measureCost } from '../measure/broker-cost.js';
import { memory } from '../measure/process-usage.js';

const CONNECTIONS = 5_000;

export const connectionsScenario: Scenario = {
  name: 'connections',
  summary: `${CONNECTIONS} connections that are opened at once, rest, and then all ask something`,
  oursOnly: true,
  run: (bench) =>
    bench.withOurs({}, async (broker) => {
      await bench.createTopic(broker, 1);
      const { load, options } = bench;
      const rssBefore = memory(broker.pid).rss;
      const { bootstrap } = broker;
      const open = { kind: 'open-connections', bootstrap, connections: CONNECTIONS } as const;
      const opened = await measureCost(bench, broker, () => load.run(open));
      bench.record(broker, 'opening: until all are open', opened.result.seconds, 's');
      bench.record(broker, 'opening: broker CPU', opened.cpuSeconds, 'CPU-s');

      // The first requests count as part of a connection: what they make stays.
      for (const name of ['first request of each', 'second request of each']) {
        const { result, ...cost } = await measureCost(bench, broker, () => load.run({ kind: 'ask-connections' }));
        bench.record(broker, `${name}: answered`, result.answered, 'requests', { atLeast: CONNECTIONS });
        bench.record(broker, `${name}: p99`, result.latency.p99Ms, 'ms');
        bench.record(broker, `${name}: broker CPU`, cost.cpuSeconds, 'CPU-s');
      }
      const rssPerConnection = (memory(broker.pid).rss - rssBefore) / CONNECTIONS;
      bench.record(broker, 'RSS per connection', rssPerConnection / 1e3, 'kB');
      bench.record(broker, 'peak RSS', memory(broker.pid).peakRss / 1e6, 'MB');

      const idle = await measureCost(bench, broker, () => delay(options.durationMs));
      bench.record(broker, 'idle: broker CPU', (idle.cpuSeconds / idle.seconds) * 100, '% of a core');
      await load.run({ kind: 'close-connections' });
    }),
};
