import { Counter, Gauge, Histogram, type Metric, type Registry } from 'prom-client';

export interface DescribedMetric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  /** As the end of the name says. */
  readonly unit: string;
  readonly labels: readonly string[];
  readonly help: string;
}

/** What the end of a name says of the unit, with what its help text must then say. */
const UNITS: readonly (readonly [ending: RegExp, unit: string, inHelp: RegExp])[] = [
  [/_ms(_avg)?$/, 'milliseconds', /\bms\b/],
  [/_seconds(_total)?$/, 'seconds', /\bseconds?\b/i],
  [/_bytes(_total|_max)?$/, 'bytes', /\bbytes\b/i],
  [/_dollars_total$/, 'US dollars', /\bUS dollars\b/],
  [/_percent$/, 'percent', /\bpercent\b/],
  [/_(ratio|error_rate)$/, 'share, 0 to 1', /\b0 to 1\b/],
  [/_rps$/, 'requests per second', /\bper second\b/],
];

/**
 * All metrics of a registry that are ours, by name.
 *
 * @throws Error when a help text does not say the unit that the name promises
 */
export function describeMetrics(registry: Registry): readonly DescribedMetric[] {
  return registry
    .getMetricsAsArray()
    .flatMap((metric) => (metric.name.startsWith('kafscale_') ? [describe(metric as unknown as Metric)] : []))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
}

function describe(metric: Metric): DescribedMetric {
  const { name, help } = metric as Metric & { readonly name: string; readonly help: string };
  const type = typeOf(metric);
  const [, unit = 'number', inHelp] = UNITS.find(([ending]) => ending.test(name)) ?? [];
  if (inHelp?.test(help) === false) throw new Error(`the help of ${name} does not say its unit, ${unit}: ${help}`);
  if ((type === 'counter') !== name.endsWith('_total'))
    throw new Error(`counters, and only they, end with _total: ${name}`);
  // A field of every metric that prom-client's types keep to themselves.
  const { labelNames = [] } = metric as Metric & { readonly labelNames?: readonly string[] };
  return { name, type, unit, labels: labelNames, help };
}

function typeOf(metric: Metric): DescribedMetric['type'] {
  if (metric instanceof Counter) return 'counter';
  if (metric instanceof Histogram) return 'histogram';
  return metric instanceof Gauge ? 'gauge' : 'summary';
}

/** A table of all metrics, in Markdown. */
export function metricsMarkdown(registry: Registry): string {
  const rows = describeMetrics(registry).map(({ name, type, unit, labels, help }) => {
    const shown = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${unit} | ${shown} | ${help.replaceAll('|', '\\|')} |`;
  });
  return ['| name | type | unit | labels | meaning |', '|---|---|---|---|---|', ...rows].join('\n');
}
