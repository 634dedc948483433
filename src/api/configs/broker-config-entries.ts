/*
 * What a broker shows of its own configuration. Its settings come from the environment and can't be changed while it runs.
 *
 * Where Apache Kafka's brokers have a name for the same thing, that name is used, so that tools find it; what is
 * KafScale's own has the name of its setting.
 */
import type { BrokerConfig } from '../../config/broker-config.js';
import type { BrokerConfigDefinition } from './broker-config-definition.js';
import { CONSUMER_GROUP_DEFINITIONS, GROUP_DEFINITIONS } from './broker-group-definitions.js';
import { ConfigSource, configTypeOf, type ConfigEntry } from './config-entries.js';

const DEFINITIONS: Readonly<Record<string, BrokerConfigDefinition>> = {
  'advertised.listeners': {
    kind: 'list',
    value: ({ advertised: { host, port } }) => `PLAINTEXT://${host}:${port}`,
    documentation: 'Where clients are told to connect.',
  },
  'auto.create.topics.enable': {
    kind: 'boolean',
    value: ({ topics }) => topics.autoCreate,
    default: 'true',
    documentation: 'Whether a topic is created when a client asks for one that is not there.',
  },
  'broker.id': {
    kind: 'int',
    value: ({ brokerId }) => brokerId,
    documentation: 'The node id of this broker.',
  },
  'broker.rack': {
    kind: 'string',
    value: ({ rack }) => rack,
    default: null,
    documentation: 'The rack or availability zone of this broker.',
  },
  'default.replication.factor': {
    kind: 'int',
    value: () => 1,
    default: '1',
    documentation: 'Replicas of a partition: always one, because the object store replicates.',
  },
  'delete.topic.enable': {
    kind: 'boolean',
    value: ({ topics }) => topics.allowAdminApis,
    default: 'true',
    documentation: 'Whether clients may delete topics.',
  },
  'fetch.max.bytes': {
    kind: 'int',
    value: () => 57_671_680,
    default: '57671680',
    documentation: 'The most bytes of records in one answer to a consumer.',
  },
  ...CONSUMER_GROUP_DEFINITIONS,
  ...GROUP_DEFINITIONS,
  'kafscale.cache.bytes': {
    kind: 'long',
    value: ({ log }) => log.cacheBytes,
    default: '268435456',
    documentation: 'Memory for records that readers may want again.',
  },
  'kafscale.deep.validation': {
    kind: 'boolean',
    value: ({ log }) => log.deepValidation,
    default: 'false',
    documentation: 'Whether every record that is produced is checked, not only the headers of its batch.',
  },
  'kafscale.flush.interval.ms': {
    kind: 'int',
    value: ({ log }) => log.flushIntervalMs,
    default: '125',
    documentation: 'The longest that records wait for others before they are written.',
  },
  'kafscale.max.buffer.bytes': {
    kind: 'long',
    value: ({ log }) => log.maxBufferBytes,
    default: '268435456',
    documentation: 'Records accepted and not yet durable; at this size the broker stops reading from producers.',
  },
  'kafscale.wal.object.bytes': {
    kind: 'long',
    value: ({ log }) => log.walObjectBytes,
    default: '8388608',
    documentation: 'An object is written when it has grown to this size.',
  },
  'kafscale.write.budget.puts.per.sec': {
    kind: 'double',
    value: ({ log }) => log.writeBudgetPutsPerSec,
    default: '8',
    documentation: 'Objects written per second on average; only full objects may exceed it.',
  },
  listeners: {
    kind: 'list',
    value: ({ listeners: { kafka } }) => `PLAINTEXT://${kafka.host ?? ''}:${kafka.port}`,
    default: 'PLAINTEXT://:9092',
    documentation: 'Where this broker listens for clients.',
  },
  'max.connections': {
    kind: 'int',
    value: ({ maxConnections }) => maxConnections,
    default: '10000',
    documentation: 'Connections of clients at a time; more are closed at once.',
  },
  'node.id': {
    kind: 'int',
    value: ({ brokerId }) => brokerId,
    documentation: 'The node id of this broker.',
  },
  'num.partitions': {
    kind: 'int',
    value: ({ topics }) => topics.partitions,
    default: '1',
    documentation: 'Partitions of topics that are created without saying how many.',
  },
  'socket.request.max.bytes': {
    kind: 'int',
    value: () => 104_857_600,
    default: '104857600',
    documentation: 'The largest request that is accepted.',
  },
};

/** The settings of this broker. */
export function brokerConfigEntries(config: BrokerConfig): ConfigEntry[] {
  return Object.entries(DEFINITIONS).map(([name, definition]) => {
    const given = definition.value(config);
    const value = given === null ? null : String(given);
    const { default: byDefault, kind, documentation } = definition;
    const isDefault = value === byDefault;
    return {
      name,
      value,
      readOnly: true,
      configSource: isDefault ? ConfigSource.DEFAULT : ConfigSource.STATIC_BROKER,
      isSensitive: false,
      synonyms: [
        ...(isDefault ? [] : [{ name, value, source: ConfigSource.STATIC_BROKER }]),
        ...(byDefault === undefined ? [] : [{ name, value: byDefault, source: ConfigSource.DEFAULT }]),
      ],
      configType: configTypeOf(kind),
      documentation,
    };
  });
}
