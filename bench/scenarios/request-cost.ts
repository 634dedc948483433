import { SteadyBroker } from '../../test/support/steady-broker.js';
import { requestRates } from '../../src/cost/request-model.js';
import { defaultCostSettings, defaultPrices } from '../../src/cost/workload.js';
import type { Scenario } from '../bench.js';
import type { BrokerUnderTest } from '../brokers/broker-under-test.js';

const RECORDS_PER_SEC = 100;
const RECORD_BYTES = 150;
/** Sizes are those of production, smaller by about as much as the records of a WAL object are. */
const WAL_BYTES_PER_OBJECT = (RECORDS_PER_SEC / defaultCostSettings.writeBudgetPutsPerSec) * RECORD_BYTES;
const MERGING = { fanIn: 16, patience: 64, targetBytes: 12.5 * WAL_BYTES_PER_OBJECT };
const SETTINGS = {
  ...defaultCostSettings,
  walObjectBytes: 64 * 1024,
  cacheBytes: 50 * WAL_BYTES_PER_OBJECT,
  compactAfterSec: 60,
  /** Ten times the default: all partitions come round in minutes instead of hours. */
  compactionPutsPerSec: 40,
};
const PARTITIONS = [1, 100, 1_000];
const LOG = { cacheBytes: SETTINGS.cacheBytes, walObjectBytes: SETTINGS.walObjectBytes, mergeLimits: MERGING };
const OURS: BrokerUnderTest = {
  kind: 'kafscale-s3',
  bootstrap: '',
  pid: undefined,
  restart: undefined,
  stop: () => Promise.resolve(),
};

export const requestCostScenario: Scenario = {
  name: 'request-cost',
  summary: `requests to S3 per million records with ${PARTITIONS.join(', ')} partitions, in virtual time, beside the cost model`,
  oursOnly: false,
  run: async (bench) => {
    for (const partitions of PARTITIONS) {
      const load = { bytesPerSec: RECORDS_PER_SEC * RECORD_BYTES, recordBytes: RECORD_BYTES, partitions, brokers: 1 };
      const model = requestRates(
        { ...load, retentionDays: 1, consumers: 0, coldShare: 0, settings: SETTINGS },
        MERGING,
      );
      const seconds = Math.max(120, model.secondsInWal / 2);
      const counted = await countRequests(partitions, 1.5 * model.secondsInWal + 60, seconds);
      const name = `${partitions} partition${partitions === 1 ? '' : 's'}`;
      const perMillion = (perSec: number) => (perSec * 1e6) / RECORDS_PER_SEC;
      const record = (what: string, value: number, unit = 'per million records') =>
        bench.record(OURS, `${name}: ${what}`, value, unit);
      const sum = (rates: Readonly<Record<string, number>>) =>
        Object.values(rates).reduce((all, rate) => all + rate, 0);
      const puts = {
        counted: counted.put / seconds,
        model: sum(model.puts) - model.puts.segmentMerges - model.puts.retention,
      };
      const gets = { counted: counted.get / seconds, model: sum(model.gets) - model.gets.segmentMerges };
      for (const kind of ['counted', 'model'] as const) {
        const { putsPer1000, getsPer1000 } = defaultPrices;
        record(`PUTs, ${kind}`, perMillion(puts[kind]));
        record(`GETs, ${kind}`, perMillion(gets[kind]));
        record(
          `cost, ${kind}`,
          perMillion(puts[kind] * putsPer1000 + gets[kind] * getsPer1000) / 1000,
          '$ per million records',
        );
      }
    }
  },
};

/** @returns what `seconds` of the load took, after `before` seconds of it */
async function countRequests(partitions: number, before: number, seconds: number) {
  const broker = await SteadyBroker.start({
    partitions,
    recordsPerSec: RECORDS_PER_SEC,
    recordBytes: RECORD_BYTES,
    log: { ...LOG, maxConcurrentReads: 64 },
    compaction: {
      segmentBytes: SETTINGS.segmentBytes,
      maxAgeMs: SETTINGS.compactAfterSec * 1000,
      putsPerSecond: SETTINGS.compactionPutsPerSec,
    },
    retentionMs: 86_400_000,
  });
  try {
    await broker.run(before);
    return (await broker.run(seconds)).operations;
  } finally {
    broker.stop();
  }
}
