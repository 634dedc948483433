import { readFileSync } from 'node:fs';
import { parse, YAMLParseError } from 'yaml';
import { ConfigError } from './load-config.js';

/**
 * Reads settings from a YAML file: a mapping from the names that the environment uses to scalars, or lists of them.
 *
 * @throws ConfigError when the file cannot be read or is not such a mapping
 */
export function readConfigFile(name: string): Record<string, string> {
  const content = parseYaml(name, readText(name));
  if (content === null || content === undefined) return {};
  if (typeof content !== 'object' || Array.isArray(content)) {
    throw new ConfigError([`${name} is not a mapping of setting names to values`]);
  }
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const [key, value] of Object.entries(content)) {
    const text = toText(value);
    if (text === undefined) problems.push(`${key} in ${name} is ${JSON.stringify(value)}: allowed is a single value`);
    else values[key] = text;
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return values;
}

function readText(name: string): string {
  try {
    return readFileSync(name, 'utf8');
  } catch (error) {
    throw new ConfigError([`the configuration file cannot be read: ${String(error)}`]);
  }
}

function parseYaml(name: string, text: string): unknown {
  try {
    return parse(text) as unknown;
  } catch (error) {
    if (error instanceof YAMLParseError) throw new ConfigError([`${name} is not valid YAML: ${error.message}`]);
    throw error;
  }
}

function toText(value: unknown): string | undefined {
  if (value === null) return '';
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) {
    const texts = value.map((entry) => toText(entry));
    return texts.includes(undefined) ? undefined : texts.join(',');
  }
  return undefined;
}
