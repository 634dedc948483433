import type { Figure } from './figures.js';
import { meets } from './figures.js';

const NUMBER = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, useGrouping: false });

/** The figures as a Markdown table: brokers side by side, ours as a ratio to the peer where both were measured. */
export function table(figures: readonly Figure[]): string {
  const brokers = [...new Set(figures.map(({ broker }) => broker))];
  const compared = brokers.includes('apache-kafka') && brokers.length > 1;
  const head = ['scenario', 'measured', 'unit', ...brokers, ...(compared ? ['to the peer'] : []), 'budget'];
  const rows = [head, head.map(() => '---')];
  for (const group of Map.groupBy(figures, ({ scenario, name, unit }) => `${scenario}|${name}|${unit}`).values()) {
    const first = group[0] as Figure;
    const valueOf = (broker: string) => group.find((figure) => figure.broker === broker)?.value;
    const cells = brokers.map((broker) => format(valueOf(broker)));
    rows.push([first.scenario, first.name, first.unit, ...cells, ...(compared ? [ratio(group)] : []), verdict(group)]);
  }
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function ratio(group: readonly Figure[]): string {
  const peer = group.find(({ broker }) => broker === 'apache-kafka');
  const ours = group.find(({ broker }) => broker.startsWith('kafscale'));
  return peer === undefined || ours === undefined || peer.value === 0
    ? ''
    : `× ${NUMBER.format(ours.value / peer.value)}`;
}

function verdict(group: readonly Figure[]): string {
  const judged = group.find(({ budget }) => budget !== undefined);
  if (judged?.budget === undefined) return '';
  const bound = 'atMost' in judged.budget ? `≤ ${format(judged.budget.atMost)}` : `≥ ${format(judged.budget.atLeast)}`;
  return `${bound}: ${meets(judged.value, judged.budget) ? 'met' : '**not met**'}`;
}

function format(value: number | undefined): string {
  return value === undefined ? '' : NUMBER.format(value);
}
