import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from './ports.js';
import { ServerProcess, runProcess } from './process.js';
import { toolPath } from './tool-path.js';

export interface ApacheKafkaOptions {
  /** Partitions of a topic that is made by naming it. */
  readonly defaultPartitions?: number;
  /** More broker settings, by their names in server.properties. */
  readonly config?: Readonly<Record<string, string>>;
  /** Options of the Java machine. */
  readonly javaOptions?: readonly string[];
}

export interface ApacheKafka {
  /** `host:port` */
  readonly bootstrap: string;
  readonly pid: number;
  /** Ends the broker and removes its data. */
  stop(): Promise<void>;
}

const LOGGING = [
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
  '-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info',
];

/** Java options for programs that end at once: the quick compiler only, and a collector that starts no threads. */
export const shortLived: readonly string[] = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];

/**
 * Starts Apache Kafka as a single node (KRaft, broker and controller in one) on free loopback ports, data in a
 * temporary folder: the peer that shows what clients get from it. Needs the tool `apache-kafka`.
 *
 * @throws {Error} when the tool is missing or the broker doesn't come up; the message carries its output
 */
export async function startApacheKafka(options: ApacheKafkaOptions = {}): Promise<ApacheKafka> {
  const directory = await mkdtemp(join(tmpdir(), 'kafscale-apache-kafka-'));
  const [port, controllerPort] = (await freePorts(2)) as [number, number];
  const properties = join(directory, 'server.properties');
  const settings = { ...defaults(directory, port, controllerPort, options.defaultPartitions ?? 1), ...options.config };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(properties, lines.join(''));

  const classPath = ['-cp', join(toolPath('apache-kafka'), 'lib', '*')];
  const clusterId = Buffer.from(randomUUID().replaceAll('-', ''), 'hex').toString('base64url');
  const format = ['kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', properties];
  await runProcess('java', [...shortLived, ...LOGGING, ...classPath, ...format]);

  const javaOptions = options.javaOptions ?? ['-Xmx512m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1'];
  const server = new ServerProcess('java', [...javaOptions, ...LOGGING, ...classPath, 'kafka.Kafka', properties]);
  await server.ready(() => Promise.resolve(server.log.includes('Kafka Server started')), 60_000);
  return {
    bootstrap: `127.0.0.1:${port}`,
    pid: server.pid,
    stop: async () => {
      await server.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function defaults(directory: string, port: number, controllerPort: number, partitions: number): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': join(directory, 'data'),
    'num.partitions': String(partitions),
    'auto.create.topics.enable': 'true',
    'offsets.topic.num.partitions': '1',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    'group.consumer.assignment.interval.ms': '0',
    'log.cleaner.dedupe.buffer.size': String(2 * 1024 * 1024),
  };
}
