import { crc32c } from '../../src/checksum/crc32c.js';
import { ObjectRemover } from '../../src/log/cleanup/object-remover.js';
import { silentLogger } from '../../src/logging/logger.js';
import { EmbeddedMetadataStore } from '../../src/metadata/embedded-metadata-store.js';
import { assignmentKey, commitKey, incarnationKey } from '../../src/metadata/keys.js';
import {
  encodeIncarnationCommit,
  encodeIncarnationRecord,
  encodePartitionAssignment,
} from '../../src/metadata/records.js';
import { MemoryObjectStore } from '../../src/storage/memory-object-store.js';
import { walObjectKey } from '../../src/storage/object-keys.js';
import { FaultyMetadataStore } from './faulty-metadata-store.js';
import { FaultyObjectStore } from './faulty-object-store.js';
import { seededRandom } from './seeded-random.js';
import { VirtualClock } from './virtual-clock.js';

export const NAMESPACE = 'test';

/** Stores with objects and records that are to be removed, in virtual time, with faults to be switched on. */
export class CleanupKit {
  readonly clock = new VirtualClock();
  readonly storedObjects = new MemoryObjectStore(this.clock);
  readonly storedMetadata = EmbeddedMetadataStore.inMemory();
  readonly objects = new FaultyObjectStore(this.storedObjects, { clock: this.clock, random: seededRandom(1) });
  readonly metadata = new FaultyMetadataStore(this.storedMetadata, { clock: this.clock, random: seededRandom(2) });
  readonly removed: Record<string, number> = {};
  readonly remover = new ObjectRemover(this.objects, this.clock, seededRandom(3), silentLogger, {
    objectsRemoved: (reason, count) => (this.removed[reason] = (this.removed[reason] ?? 0) + count),
  });
  readonly signal = new AbortController().signal;

  /** An object with these contents. */
  async put(key: string, bytes: Buffer = Buffer.from(key)): Promise<void> {
    await this.storedObjects.create(key, [bytes], { crc32c: crc32c(bytes) });
  }

  async putWal(incarnationId: string, ...sequences: number[]): Promise<void> {
    for (const sequence of sequences) await this.put(walObjectKey(NAMESPACE, incarnationId, sequence));
  }

  /** Keys of all objects, without the namespace. */
  async keys(prefix = ''): Promise<string[]> {
    const keys: string[] = [];
    for await (const { key } of this.storedObjects.list(`${NAMESPACE}/${prefix}`))
      keys.push(key.slice(NAMESPACE.length + 1));
    return keys;
  }

  /** An incarnation's records: live, and committed up to this sequence. */
  async addIncarnation(incarnationId: string, committedSequence: number): Promise<void> {
    await this.write(
      commitKey(incarnationId),
      encodeIncarnationCommit({ incarnationId, committedSequence, brokerId: '1' }),
    );
    const record = encodeIncarnationRecord({ incarnationId, brokerId: '1', startedAt: '' });
    await this.write(incarnationKey(incarnationId), record);
  }

  async endIncarnation(incarnationId: string): Promise<void> {
    await this.delete(incarnationKey(incarnationId));
  }

  /** A partition whose tenures are those of these incarnations; the last one leads. */
  async assign(topic: string, partition: number, ...incarnationIds: string[]): Promise<void> {
    const tenures = incarnationIds.map((incarnationId, epoch) => ({ incarnationId, epoch, fromOffset: epoch }));
    const incarnationId = incarnationIds.at(-1) ?? '';
    await this.write(
      assignmentKey(topic, partition),
      encodePartitionAssignment({ brokerId: '1', epoch: tenures.length, assignedAt: '', incarnationId, tenures }),
    );
  }

  async write(key: string, value: Buffer): Promise<void> {
    await this.storedMetadata.txn({ compare: [], success: [{ type: 'put', key, value }] });
  }

  async delete(key: string): Promise<void> {
    await this.storedMetadata.txn({ compare: [], success: [{ type: 'delete', key }] });
  }

  /** All keys of the metadata store. */
  async records(prefix = ''): Promise<string[]> {
    return (await this.storedMetadata.range(prefix)).entries.map(({ key }) => key);
  }
}
