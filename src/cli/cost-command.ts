import { Command, InvalidArgumentError, Option } from 'commander';
import { estimateCost } from '../cost/estimate.js';
import { defaultCostSettings, defaultPrices, type Workload } from '../cost/workload.js';
import { costTable } from './cost-table.js';

interface CostOptions {
  readonly mbPerS: number;
  readonly partitions: number;
  readonly recordBytes: number;
  readonly brokers: number;
  readonly retentionDays: number;
  readonly consumers: number;
  readonly coldShare: number;
  readonly writeBudget: number;
  readonly walObjectMib: number;
  readonly segmentMib: number;
  readonly compactAfterSec: number;
  readonly compactionPuts: number;
  readonly cacheMib: number;
  readonly putsPer1000: number;
  readonly getsPer1000: number;
  readonly gbMonth: number;
  readonly json?: boolean;
}

const MIB = 1024 * 1024;
const settings = defaultCostSettings;

/** `kafscale cost`: what a workload costs on the object store, by the model that docs/cost.md explains. */
export function costCommand(): Command {
  const command = new Command('cost').description(
    'Estimate the requests and the price of a workload on the object store.',
  );
  const number = (flag: string, text: string, standard: number) =>
    command.addOption(new Option(flag, text).argParser(numberFrom0).default(standard));

  command.addOption(
    new Option('--mb-per-s <n>', 'MB (10^6 bytes) produced per second, in all')
      .argParser(numberFrom0)
      .makeOptionMandatory(),
  );
  command.addOption(
    new Option('--partitions <n>', 'partitions that are written to').argParser(numberFrom0).makeOptionMandatory(),
  );
  number('--record-bytes <n>', 'bytes of a record, as produced', 1000);
  number('--brokers <n>', 'brokers', 3);
  number('--retention-days <n>', 'days that records are kept', 7);
  number('--consumers <n>', 'how many times everything is read', 1);
  number('--cold-share <n>', 'part of the reads that no broker has in memory, 0 to 1', 0.05);
  number('--write-budget <n>', 'KAFSCALE_WRITE_BUDGET_PUTS_PER_SEC', settings.writeBudgetPutsPerSec);
  number('--wal-object-mib <n>', 'KAFSCALE_WAL_OBJECT_BYTES, MiB', settings.walObjectBytes / MIB);
  number('--segment-mib <n>', 'KAFSCALE_SEGMENT_BYTES, MiB', settings.segmentBytes / MIB);
  number('--compact-after-sec <n>', 'KAFSCALE_COMPACT_AFTER_SEC', settings.compactAfterSec);
  number('--compaction-puts <n>', 'KAFSCALE_COMPACTION_PUTS_PER_SEC', settings.compactionPutsPerSec);
  number('--cache-mib <n>', 'KAFSCALE_CACHE_BYTES, MiB', settings.cacheBytes / MIB);
  number('--puts-per-1000 <usd>', 'price of a thousand PUT requests', defaultPrices.putsPer1000);
  number('--gets-per-1000 <usd>', 'price of a thousand GET requests', defaultPrices.getsPer1000);
  number('--gb-month <usd>', 'price of a GB over a month', defaultPrices.gbMonth);
  return command.option('--json', 'the whole estimate as JSON').action((options: CostOptions) => {
    process.stdout.write(`${report(options, command)}\n`);
  });
}

function report(options: CostOptions, command: Command): string {
  const { putsPer1000, getsPer1000, gbMonth } = options;
  const workload = workloadOf(options);
  try {
    const estimate = estimateCost(workload, { putsPer1000, getsPer1000, gbMonth });
    return options.json === true ? JSON.stringify({ workload, ...estimate }, null, 2) : costTable(estimate);
  } catch (error) {
    if (error instanceof RangeError) command.error(`error: ${error.message}`);
    throw error;
  }
}

function workloadOf(options: CostOptions): Workload {
  return {
    bytesPerSec: options.mbPerS * 1e6,
    recordBytes: options.recordBytes,
    partitions: options.partitions,
    brokers: options.brokers,
    retentionDays: options.retentionDays,
    consumers: options.consumers,
    coldShare: options.coldShare,
    settings: {
      writeBudgetPutsPerSec: options.writeBudget,
      walObjectBytes: options.walObjectMib * MIB,
      segmentBytes: options.segmentMib * MIB,
      compactAfterSec: options.compactAfterSec,
      compactionPutsPerSec: options.compactionPuts,
      cacheBytes: options.cacheMib * MIB,
    },
  };
}

function numberFrom0(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0)
    throw new InvalidArgumentError('It must be a number from 0.');
  return value;
}
