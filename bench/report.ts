import type { Budget, Figure } from './figures.js';
import { meets } from './figures.js';

const NUMBER = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, useGrouping: false });

/** The figures as a Markdown table: brokers side by side, ours also as ratios to the peer where that was measured. */
export function table(figures: readonly Figure[]): string {
  const brokers = [...new Set(figures.map(({ broker }) => broker))];
  const compared = brokers.includes('apache-kafka') && brokers.length > 1;
  const head = ['scenario', 'measured', 'unit', ...brokers, ...(compared ? ['to the peer'] : []), 'budget'];
  const rows = [head, head.map(() => '---')];
  for (const group of Map.groupBy(figures, ({ scenario, name, unit }) => `${scenario}|${name}|${unit}`).values()) {
    const first = group[0] as Figure;
    const ours = group.filter(({ broker }) => broker.startsWith('kafscale'));
    const peer = group.find(({ broker }) => broker === 'apache-kafka');
    const cells = brokers.map((name) => format(group.find(({ broker }) => broker === name)?.value));
    const ratio = compared ? [ratios(ours, peer)] : [];
    rows.push([first.scenario, first.name, first.unit, ...cells, ...ratio, verdict(ours)]);
  }
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** Our figures divided by the peer's, in the order of the columns. */
function ratios(ours: readonly Figure[], peer: Figure | undefined): string {
  if (peer === undefined || peer.value === 0) return '';
  return ours.map(({ value }) => `× ${format(value / peer.value)}`).join(', ');
}

function verdict(ours: readonly Figure[]): string {
  const verdicts = ours.flatMap((figure) => {
    if (figure.budget === undefined) return [];
    return [{ ...figure, bound: boundOf(figure.budget), met: meets(figure.value, figure.budget) }];
  });
  const [first] = verdicts;
  if (first === undefined) return '';
  const missed = verdicts.filter(({ met }) => !met).map(({ broker }) => broker);
  return `${first.bound}: ${missed.length === 0 ? 'met' : `**missed** (${missed.join(', ')})`}`;
}

function boundOf(budget: Budget): string {
  return 'atMost' in budget ? `≤ ${format(budget.atMost)}` : `≥ ${format(budget.atLeast)}`;
}

function format(value: number | undefined): string {
  return value === undefined ? '' : NUMBER.format(value);
}
