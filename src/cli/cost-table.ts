import { SECONDS_PER_MONTH, type CostEstimate } from '../cost/estimate.js';

type Row = readonly [string, string, string];

const PUT_ROWS = {
  wal: 'PUT, WAL objects',
  walMerges: 'PUT, merged WAL objects',
  segments: 'PUT, segments with index and manifest',
  segmentMerges: 'PUT, merged segments, likewise',
  retention: 'PUT, manifests after retention',
} as const;

const GET_ROWS = {
  consumers: 'GET, consumers',
  walMerges: 'GET, to merge WAL objects',
  segments: 'GET, to write segments',
  segmentMerges: 'GET, to merge segments',
} as const;

const BEYOND_BUDGET =
  'the WAL would have too many runs of records to keep in memory: segments are written beyond COMPACTION_PUTS_PER_SEC';

/** An estimate for people. */
export function costTable(estimate: CostEstimate): string {
  const { rates, perMonth, storedBytes } = estimate;
  const putPrice = priceOfOnePerSec(perMonth.puts, estimate.putsPerSec);
  const getPrice = priceOfOnePerSec(perMonth.gets, estimate.getsPerSec);
  const rows: Row[] = [
    ['', 'per second', 'USD per month'],
    ...requestRows(PUT_ROWS, rates.puts, putPrice),
    ...requestRows(GET_ROWS, rates.gets, getPrice),
    [`storage, ${amount(storedBytes / 1e9)} GB`, '', money(perMonth.storage)],
    ['in all', '', money(perMonth.total)],
  ];
  const width = Math.max(...rows.map(([title]) => title.length));
  const table = rows.map(
    ([title, rate, price]) => `${title.padEnd(width)}  ${rate.padStart(12)}  ${price.padStart(14)}`,
  );
  const records = estimate.requestsPerMillionRecords;
  return [
    ...table,
    '',
    `requests, for a million records: USD ${records.toPrecision(3)}`,
    `transactions in the metadata store: ${amount(rates.metadataTransactions)} per second, ${amount(rates.metadataTransactions * SECONDS_PER_MONTH)} per month`,
    `records are in the WAL for ${amount(rates.secondsInWal)} s before they are in a segment`,
    ...(rates.compactsBeyondBudget ? [BEYOND_BUDGET] : []),
  ].join('\n');
}

function requestRows<Name extends string>(
  titles: Readonly<Record<Name, string>>,
  rates: Readonly<Record<Name, number>>,
  price: number,
): Row[] {
  return (Object.keys(titles) as Name[]).map((name) => [titles[name], amount(rates[name]), money(rates[name] * price)]);
}

function priceOfOnePerSec(perMonth: number, perSec: number): number {
  return perSec === 0 ? 0 : perMonth / perSec;
}

function money(value: number): string {
  return value.toFixed(2);
}

function amount(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 100 ? 2 : 0 });
}
