import { toBrokerConfig, type BrokerConfig } from './broker-config.js';
import { findConflicts } from './conflicts.js';
import { nearestName } from './nearest-name.js';
import { PREFIX, settings } from './settings.js';

/** Where settings come from. Names carry the prefix; an empty text counts as not given. */
export interface ConfigSources {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Settings from the configuration file; the environment wins over them. */
  readonly file?: { readonly name: string; readonly values: Readonly<Record<string, string>> };
  /** The ordinal at the end of the pod's name, where the broker runs as one of a StatefulSet. */
  readonly podOrdinal?: number | undefined;
}

export interface LoadedConfig {
  readonly config: BrokerConfig;
  /** Sentences for the log: names that nobody knows, settings without effect. */
  readonly warnings: readonly string[];
}

/** The settings are wrong; the message names every problem with the variable, its value and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(readonly problems: readonly string[]) {
    const headline = problems.length === 1 ? 'a setting is wrong' : `${problems.length} settings are wrong`;
    super([`KafScale cannot start: ${headline}.`, ...problems.map((problem) => `  ${problem}`)].join('\n'));
  }
}

/** Variables that share the prefix and are meant for others: operator, test tools, and the service links of Kubernetes. */
const FOREIGN = /^KAFSCALE_(OPERATOR_|TOOLS_DIR$|.*_SERVICE_(HOST|PORT)|.*_PORT_\d+_(TCP|UDP))/;

/**
 * Reads, checks and completes the settings.
 *
 * @throws ConfigError with all problems at once
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const fileValues = sources.file?.values ?? {};
  const given = { ...withoutEmpty(fileValues), ...withoutEmpty(sources.environment) };
  const problems = Object.keys(fileValues)
    .filter((name) => !isKnown(name))
    .map((name) => `${name} in ${sources.file?.name ?? ''} is not a setting${suggestion(name)}`);

  const values = Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (isKnown(name) ? [[shortName(name), value]] : [])),
  );
  const wrong = wrongValues(values);
  for (const [name, allowed] of wrong) {
    problems.push(`${PREFIX}${name} is ${JSON.stringify(values[name])}: allowed is ${allowed}`);
  }
  // What is right is checked all the same: people want to hear of everything at once.
  const parsed = settings.parse(without(values, wrong));
  problems.push(
    ...findConflicts(parsed).filter((conflict) => ![...wrong.keys()].some((name) => conflict.includes(name))),
  );
  if (problems.length > 0) throw new ConfigError(problems);

  const unknown = Object.keys(sources.environment).filter(
    (name) => name.startsWith(PREFIX) && !isKnown(name) && !FOREIGN.test(name),
  );
  return {
    config: toBrokerConfig(parsed, sources.podOrdinal),
    warnings: unknown.map((name) => `${name} is not a setting and has no effect${suggestion(name)}`),
  };
}

/** What is allowed, by the names of the settings that have other values. */
function wrongValues(values: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const { error } = settings.safeParse(values);
  return new Map(error?.issues.map(({ path, message }) => [path.join('.'), message]));
}

function without(
  values: Readonly<Record<string, string>>,
  names: ReadonlyMap<string, unknown>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.has(name)));
}

function withoutEmpty(values: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(values).filter((entry): entry is [string, string] => (entry[1] ?? '').trim() !== '');
  return Object.fromEntries(entries);
}

function isKnown(variable: string): boolean {
  return variable.startsWith(PREFIX) && Object.hasOwn(settings.shape, shortName(variable));
}

function shortName(variable: string): string {
  return variable.slice(PREFIX.length);
}

function suggestion(variable: string): string {
  const names = Object.keys(settings.shape).map((name) => PREFIX + name);
  const nearest = nearestName(variable, names);
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}
