import type { Manifest } from '../../storage/manifest-format.js';
import { ObjectNotFoundError } from '../../storage/object-store.js';
import type { Block } from '../blocks.js';
import type { ColdData, LoadedData } from '../cold-data.js';
import type { CommittedLog, LogRead } from '../committed-log.js';
import type { Extent } from '../extents.js';
import type { PartitionId } from '../../metadata/partition-id.js';
import type { ReadableLog } from '../readable-log.js';
import type { WalFollower } from './followed-wal.js';

/** Under whom a partition is followed. */
export interface FollowedLeader {
  readonly incarnationId: string;
  readonly leaderEpoch: number;
}

/** What a partition was found to be. */
export interface FollowedState {
  readonly leader: FollowedLeader;
  readonly log: CommittedLog;
  readonly manifestKey: string;
}

const NOTHING: LogRead = { batches: [], sizeBytes: 0, blocks: [] };

/**
 * The committed records of a partition that another broker leads, some time behind it. High watermark and log start never go
 * back (I3), and nothing is told that is not committed.
 *
 * Until it was found out once, what the partition has is unknown: reads find nothing, and wait.
 */
export class FollowedPartition implements ReadableLog, WalFollower {
  readonly topicName: string;
  readonly topicId: string;
  readonly partition: number;
  /** Only the leader knows: who asks for more than there is waits for it. */
  readonly logEndOffset = Infinity;
  readonly isLeading = false;
  private readonly listeners = new Set<() => void>();
  private found: FollowedState | undefined;
  /** What was committed since it began to be found out what there was before; undefined while that isn't done. */
  private sinceLook: Extent[] | undefined;

  /** @param lookAgain has it found out anew what the partition has */
  constructor(
    readonly id: PartitionId,
    private readonly lookAgain: (partition: FollowedPartition) => void,
  ) {
    this.topicName = id.topicName;
    this.topicId = id.topicId;
    this.partition = id.partition;
  }

  get leader(): FollowedLeader | undefined {
    return this.found?.leader;
  }

  get leaderEpoch(): number {
    return this.found?.leader.leaderEpoch ?? -1;
  }

  get logStartOffset(): number {
    return this.found?.log.logStartOffset ?? -1;
  }

  get highWatermark(): number {
    return this.found?.log.endOffset ?? -1;
  }

  /** Of the manifest that is in use; empty when there is none. */
  get manifestKey(): string {
    return this.found?.manifestKey ?? '';
  }

  /** It is going to be found out what the partition has: what is committed meanwhile comes on top of that. */
  beginLook(): void {
    this.sinceLook = [];
  }

  /**
   * Takes over what was found out.
   *
   * @throws Error when there is less than before (I3)
   */
  adopt(state: FollowedState): void {
    const before = this.highWatermark;
    const { log } = state;
    for (const extent of this.sinceLook ?? []) if (extent.baseOffset === log.endOffset) log.adopt(extent);
    this.sinceLook = undefined;
    if (log.endOffset < before) {
      throw new Error(
        `I3 violated: ${this.topicName}-${this.partition} had its high watermark at ${before}, now it is at ${log.endOffset}`,
      );
    }
    log.raiseLogStart(this.logStartOffset);
    this.found = state;
    this.notify();
  }

  /** The manifest has changed. Resolves readers' questions below its checkpoint from now on. */
  adoptManifest(manifestKey: string, manifest: Manifest): void {
    const { found } = this;
    if (found === undefined || manifest.checkpointOffset < found.log.manifest.checkpointOffset) return;
    if (manifest.checkpointOffset > found.log.endOffset) {
      this.lookAgain(this);
      return;
    }
    found.log.adoptManifest(manifest);
    this.found = { ...found, manifestKey };
    this.notify();
  }

  raiseLogStart(offset: number): void {
    this.found?.log.raiseLogStart(offset);
  }

  /** Objects of the incarnation that it follows, or is about to follow. */
  committed(extents: readonly Extent[]): void {
    this.sinceLook?.push(...extents);
    const { found } = this;
    if (found === undefined) return;
    for (const extent of extents) {
      if (extent.lastOffset < found.log.endOffset) continue;
      if (extent.baseOffset !== found.log.endOffset) {
        this.missed();
        return;
      }
      found.log.adopt(extent);
    }
    this.notify();
  }

  missed(): void {
    this.lookAgain(this);
  }

  /** As of what is known: nothing beyond the high watermark, however far the leader is. */
  read(offset: number, maxBytes: number, atLeastOne: boolean, loaded?: LoadedData): LogRead {
    const { found } = this;
    if (found === undefined || offset >= found.log.endOffset) return NOTHING;
    return found.log.read(offset, maxBytes, atLeastOne, loaded);
  }

  served(blocks: readonly Block[]): void {
    this.found?.log.served(blocks);
  }

  async load(cold: ColdData, loaded?: LoadedData): Promise<void> {
    try {
      await this.found?.log.load(cold, loaded);
    } catch (error) {
      // Its leader has put the records elsewhere.
      if (error instanceof ObjectNotFoundError) this.lookAgain(this);
      throw error;
    }
  }

  onAdvance(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}
