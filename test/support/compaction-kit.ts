import type { CompactionObserver } from '../../src/log/compaction/compactor.js';
import {
  createCompactor,
  type CompactedLogs,
  type CompactionOptions,
} from '../../src/log/compaction/create-compactor.js';
import type { LogOptions } from '../../src/log/log-options.js';
import type { PartitionLog } from '../../src/log/partition-log.js';
import { silentLogger } from '../../src/logging/logger.js';
import type { TopicConfigs } from '../../src/metadata/topic-configs.js';
import { LOG_OPTIONS, LogKit } from './log-kit.js';
import { seededRandom } from './seeded-random.js';
import { TestBroker } from './test-broker.js';

/** Compaction at its defaults, but for small and young segments. */
export const COMPACTION_OPTIONS: CompactionOptions = {
  namespace: LOG_OPTIONS.namespace,
  segmentBytes: 4096,
  maxAgeMs: 20_000,
  putsPerSecond: 4,
};

type Written = Parameters<CompactionObserver['segmentWritten']>[1] & { readonly kind: string };

/** One broker process that compacts what it leads, in virtual time. */
export class CompactionKit {
  readonly broker: TestBroker;
  readonly written: Written[] = [];
  failures = 0;
  configs: TopicConfigs = new Map();
  /** Gives compaction the batches of an extent; to be replaced. */
  load: CompactedLogs['loadForMaintenance'];
  readonly compactor;

  private constructor(
    readonly kit: LogKit,
    name: string,
    options: Partial<CompactionOptions>,
  ) {
    this.broker = new TestBroker(kit, name);
    const { logs } = kit;
    this.load = (extent) => logs.loadForMaintenance(extent);
    const compacted: CompactedLogs = {
      all: () => logs.all(),
      manifestOf: (log) => logs.manifestOf(log),
      loadForMaintenance: (extent) => this.load(extent),
    };
    const observer: CompactionObserver = {
      segmentWritten: (kind, written) => this.written.push({ kind, ...written }),
      compactionFailed: () => (this.failures += 1),
    };
    this.compactor = createCompactor({ ...COMPACTION_OPTIONS, ...options }, compacted, {
      metadata: kit.metadata,
      objects: kit.objects,
      configsOf: () => this.configs,
      clock: kit.clock,
      random: seededRandom(5),
      logger: silentLogger,
      observer,
    });
    this.broker.session.attach(this.compactor);
  }

  /** @param predecessor another process over the same stores, which this one ends */
  static async start(
    options: Partial<CompactionOptions> = {},
    predecessor?: CompactionKit,
    logOptions: Partial<LogOptions> = {},
  ): Promise<CompactionKit> {
    const name = predecessor === undefined ? 'a' : `${predecessor.kit.clock.monotonic()}`.replace('.', '_');
    const kit = new CompactionKit(new LogKit(logOptions, predecessor?.kit), name, options);
    await kit.broker.start();
    return kit;
  }

  get clock() {
    return this.kit.clock;
  }

  /** Creates a topic and gives its logs. */
  async createTopic(partitionCount = 1): Promise<PartitionLog[]> {
    const topic = await this.broker.createTopic('orders', partitionCount);
    return Array.from({ length: partitionCount }, (_, partition) => this.broker.log(topic, partition) as PartitionLog);
  }

  /** The log of partition 0 of the only topic, which its predecessor created, once it is open. */
  async openLog(): Promise<PartitionLog> {
    const [topic] = [...this.broker.catalogue.all()];
    for (;;) {
      const log = topic && this.broker.log(topic);
      if (log !== undefined) return log;
      await this.clock.advance(10);
    }
  }

  /** Keys of the segments that are stored, without what all of them begin with. */
  async segmentKeys(): Promise<string[]> {
    const keys = await this.kit.storedKeys();
    return keys.filter((key) => key.endsWith('.kfs')).map((key) => key.slice(key.lastIndexOf('segment-')));
  }
}
