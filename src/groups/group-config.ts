/* The configurations that a group may have of its own (KIP-848, KIP-1071). */
import { faultOf } from '../metadata/config-value.js';
import { ErrorCode, KafkaError } from '../protocol/errors.js';
import type { ConsumerGroupOptions } from './group-options.js';

/** By name, as given. */
type Configs = ReadonlyMap<string, string>;

interface GroupConfigDefinition {
  /** What it takes the place of. */
  readonly option: 'assignmentIntervalMs' | 'heartbeatIntervalMs' | 'sessionTimeoutMs';
  readonly boundsOf: (options: ConsumerGroupOptions) => { readonly min: number; readonly max: number };
  readonly documentation: string;
}

/** Bounds of the assignment interval (`group.consumer.min.assignment.interval.ms` and `max`), ms. */
export const ASSIGNMENT_INTERVAL_MS = { min: 0, max: 15_000 };

const SESSION = 'consumer.session.timeout.ms';
const HEARTBEAT = 'consumer.heartbeat.interval.ms';

/** In the order of their names. A broker has each for all groups, under the same name after `group.`. */
export const GROUP_CONFIGS: Readonly<Record<string, GroupConfigDefinition>> = {
  'consumer.assignment.interval.ms': {
    option: 'assignmentIntervalMs',
    boundsOf: () => ASSIGNMENT_INTERVAL_MS,
    documentation: 'How long an assignment is kept at least: members who come together get one together.',
  },
  [HEARTBEAT]: {
    option: 'heartbeatIntervalMs',
    boundsOf: ({ minHeartbeatIntervalMs: min, maxHeartbeatIntervalMs: max }) => ({ min, max }),
    documentation: 'How often members of the consumer protocol are to send heartbeats.',
  },
  [SESSION]: {
    option: 'sessionTimeoutMs',
    boundsOf: ({ minSessionTimeoutMs: min, maxSessionTimeoutMs: max }) => ({ min, max }),
    documentation: 'How long a member of the consumer protocol may be silent before it is put out of the group.',
  },
};

/**
 * Checks names and values.
 *
 * @param options what holds for all groups, with the bounds of what one may have
 * @throws KafkaError INVALID_CONFIG whose message says what would be right
 */
export function validateGroupConfig(configs: Configs, options: ConsumerGroupOptions): void {
  for (const [name, value] of configs) {
    const definition = Object.hasOwn(GROUP_CONFIGS, name) ? GROUP_CONFIGS[name] : undefined;
    if (definition === undefined) throw invalid(`Unknown group config name: ${name}`);
    const fault = faultIn(definition, value, options);
    if (fault !== undefined) throw invalid(`Invalid value "${value}" for configuration ${name}: it must be ${fault}.`);
  }
  const { heartbeatIntervalMs, sessionTimeoutMs } = withGroupConfig(options, configs);
  if (sessionTimeoutMs <= heartbeatIntervalMs) throw invalid(`${SESSION} must be greater than ${HEARTBEAT}.`);
}

/**
 * What holds for one group. A value that is not within the bounds any more gives way to what holds for all.
 *
 * @param options what holds for all groups
 */
export function withGroupConfig(options: ConsumerGroupOptions, configs: Configs | undefined): ConsumerGroupOptions {
  if (configs === undefined || configs.size === 0) return options;
  const own = Object.entries(GROUP_CONFIGS).flatMap(([name, definition]) => {
    const value = configs.get(name);
    const isValid = value !== undefined && faultIn(definition, value, options) === undefined;
    return isValid ? [[definition.option, Number(value)] as const] : [];
  });
  return { ...options, ...Object.fromEntries(own) };
}

function faultIn({ boundsOf }: GroupConfigDefinition, value: string, options: ConsumerGroupOptions) {
  return faultOf({ kind: 'int', ...boundsOf(options) }, value);
}

function invalid(message: string): KafkaError {
  return new KafkaError(ErrorCode.INVALID_CONFIG, message);
}
