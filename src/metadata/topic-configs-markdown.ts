import type { ConfigType } from './config-value.js';
import { TOPIC_CONFIGS } from './topic-config-definitions.js';

/** The configurations of topics as a table in Markdown, for the documentation. */
export function topicConfigsMarkdown(): string {
  const rows = Object.entries(TOPIC_CONFIGS).map(
    ([name, { type, default: value, about, effect, brokerName }]) =>
      `| \`${name}\` | ${code(value)} | ${about} | ${describeType(type)} | ${effect} | ${code(brokerName ?? '')} |`,
  );
  return [
    '| configuration | default | meaning | allowed | effect | as a default, on brokers |',
    '|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``;
}

function describeType(type: ConfigType): string {
  switch (type.kind) {
    case 'boolean':
      return 'true or false';
    case 'string':
      return type.values?.join(', ') ?? 'any text';
    case 'list':
      return `a list of ${type.values?.join(', ') ?? `items like ${code(type.items?.source.replaceAll('|', '\\|') ?? '')}`}`;
    default:
      return [type.kind, ...bounds(type)].join(' ');
  }
}

function bounds({ min, max }: { readonly min?: number; readonly max?: number }): string[] {
  return [...(min === undefined ? [] : [`from ${min}`]), ...(max === undefined ? [] : [`to ${max}`])];
}
