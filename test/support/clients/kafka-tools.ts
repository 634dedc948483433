import { join } from 'node:path';
import { shortLived } from '../apache-kafka.js';
import { runProcess } from '../process.js';
import { toolPath } from '../tools.js';

/** What one call of a tool came to. */
export interface ToolResult {
  readonly exitCode: number;
  /** Standard output and error output. */
  readonly output: string;
}

/** The class of a tool, as the shell script of the same name starts it. */
const CLASSES = {
  'kafka-acls': ['kafka.admin.AclCommand', 'org.apache.kafka.tools.AclCommand'],
  'kafka-broker-api-versions': [
    'kafka.admin.BrokerApiVersionsCommand',
    'org.apache.kafka.tools.BrokerApiVersionsCommand',
  ],
  'kafka-cluster': 'org.apache.kafka.tools.ClusterTool',
  'kafka-configs': 'kafka.admin.ConfigCommand',
  'kafka-console-consumer': 'org.apache.kafka.tools.consumer.ConsoleConsumer',
  'kafka-consumer-groups': 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
  'kafka-consumer-perf-test': 'org.apache.kafka.tools.ConsumerPerformance',
  'kafka-delete-records': 'org.apache.kafka.tools.DeleteRecordsCommand',
  'kafka-features': 'org.apache.kafka.tools.FeatureCommand',
  'kafka-get-offsets': 'org.apache.kafka.tools.GetOffsetShell',
  'kafka-leader-election': 'org.apache.kafka.tools.LeaderElectionCommand',
  'kafka-log-dirs': 'org.apache.kafka.tools.LogDirsCommand',
  'kafka-producer-perf-test': 'org.apache.kafka.tools.ProducerPerformance',
  'kafka-reassign-partitions': 'org.apache.kafka.tools.reassign.ReassignPartitionsCommand',
  'kafka-streams-application-reset': 'org.apache.kafka.tools.StreamsResetter',
  'kafka-topics': 'org.apache.kafka.tools.TopicCommand',
  'kafka-transactions': 'org.apache.kafka.tools.TransactionsCommand',
  'kafka-verifiable-consumer': 'org.apache.kafka.tools.VerifiableConsumer',
  'kafka-verifiable-producer': 'org.apache.kafka.tools.VerifiableProducer',
} as const satisfies Record<string, string | readonly [in3: string, in4: string]>;

export type ToolName = keyof typeof CLASSES;

/** A call as one would type it, without the address of the broker: `kafka-topics --list`. Arguments have no blanks. */
export type ToolCall = ToolName | `${ToolName} ${string}` | readonly [ToolName, ...string[]];

/** The command line tools of one version of Apache Kafka. */
export class KafkaTools {
  static readonly v3 = new KafkaTools('3.9', 'apache-kafka-3', 0);
  static readonly v4 = new KafkaTools('4.x', 'apache-kafka', 1);

  private constructor(
    readonly version: string,
    /** What has to be installed. */
    readonly tool: string,
    private readonly column: 0 | 1,
  ) {}

  /** Runs tools against a broker, one after the other, in one Java machine: to start one takes longer than most tools. */
  async run(bootstrap: string, calls: readonly ToolCall[]): Promise<ToolResult[]> {
    const runner = join(import.meta.dirname, '..', '..', 'clients', 'java', 'ToolRunner.java');
    const list = calls.map((call) => this.argumentsOf(bootstrap, call));
    const stdout = await this.java([runner, JSON.stringify(list)]);
    return JSON.parse(stdout.trim().split('\n').at(-1)!) as ToolResult[];
  }

  /**
   * Runs one tool in a Java machine of its own, as those need that do something when it ends.
   *
   * @returns its standard output
   * @throws {Error} when it exits other than 0
   */
  runAlone(bootstrap: string, call: ToolCall): Promise<string> {
    return this.java(this.argumentsOf(bootstrap, call));
  }

  private async java(args: readonly string[]): Promise<string> {
    const classPath = join(toolPath(this.tool), 'lib', '*');
    const options = [...shortLived, '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', classPath];
    return (await runProcess('java', [...options, ...args], { timeoutMs: 120_000 })).stdout;
  }

  private argumentsOf(bootstrap: string, call: ToolCall): string[] {
    const [name, ...rest] = (typeof call === 'string' ? call.split(' ') : call) as [ToolName, ...string[]];
    const found = CLASSES[name];
    const className = typeof found === 'string' ? found : found[this.column];
    const address =
      name === 'kafka-producer-perf-test'
        ? ['--producer-props', `bootstrap.servers=${bootstrap}`]
        : ['--bootstrap-server', bootstrap];
    // Where a tool has commands, they come first.
    const command = rest[0]?.startsWith('--') === false && name === 'kafka-cluster' ? rest.splice(0, 1) : [];
    return [className, ...command, ...address, ...rest];
  }
}
