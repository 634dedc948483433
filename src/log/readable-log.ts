import type { Block } from './blocks.js';
import type { ColdData, LoadedData } from './cold-data.js';
import type { LogRead } from './committed-log.js';

/** Committed records of one partition, as a fetch reads them: of the leader, or of a broker that follows it. */
export interface ReadableLog {
  readonly topicName: string;
  readonly topicId: string;
  readonly partition: number;
  readonly leaderEpoch: number;
  /** Offset of the first record that was not deleted; −1 while that is unknown. */
  readonly logStartOffset: number;
  /** Offset after the last committed record; −1 while that is unknown. */
  readonly highWatermark: number;

  /** Offset that the next record gets. A broker that doesn't lead the partition can't know: no offset is beyond it. */
  readonly logEndOffset: number;
  /** Whether this broker leads the partition, within its lease. For an offset above the end that is not enough (R14). */
  readonly isLeading: boolean;

  /** Reads whole committed batches from memory, see `CommittedLog.read`. */
  read(offset: number, maxBytes: number, atLeastOne: boolean, loaded?: LoadedData): LogRead;

  /** Takes note of what a reader was given. */
  served(blocks: readonly Block[]): void;

  /** Brings what {@link read} found cold into memory. Throws ObjectStoreError, CorruptBlockError. */
  load(cold: ColdData, loaded?: LoadedData): Promise<void>;

  /** Calls `listener` whenever there may be more to read, until the returned function is called. */
  onAdvance(listener: () => void): () => void;
}
