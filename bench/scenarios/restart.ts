import type { Scenario } from '../bench.js';
import { cpuSeconds } from '../measure/process-usage.js';

const OBJECTS = [0, 300, 1_000];
const KIB = 1024;
/** Every batch fills an object, and the write budget holds none back. */
const SMALL_OBJECTS = { KAFSCALE_WAL_OBJECT_BYTES: '64Ki', KAFSCALE_WRITE_BUDGET_PUTS_PER_SEC: '1000' };
const BATCH_BYTES = 72 * KIB;

export const restartScenario: Scenario = {
  name: 'restart',
  summary: `from kill -9 to the first record produced and read, with ${OBJECTS.join(', ')} WAL objects`,
  oursOnly: true,
  run: async (bench) => {
    for (const objects of OBJECTS) {
      await bench.withOurs(SMALL_OBJECTS, async (broker) => {
        const target = await bench.createTopic(broker, 1);
        const load = { kind: 'produce', connections: 8, inFlight: 5, limitMs: 300_000 } as const;
        await bench.load.run({ ...load, ...target, batchBytes: BATCH_BYTES, totalBytes: objects * BATCH_BYTES });
        const startedAt = performance.now();
        await broker.restart();
        const one = { kind: 'trickle', recordsPerSecond: 1000, durationMs: 1 } as const;
        await bench.load.run({ ...one, ...target, bootstrap: broker.bootstrap });
        const seconds = (performance.now() - startedAt) / 1000;
        bench.record(broker, `${objects} WAL objects`, seconds, 's', { atMost: 2 });
        bench.record(broker, `${objects} WAL objects: broker CPU`, cpuSeconds(broker.pid), 'CPU-s');
      });
    }
  },
};
