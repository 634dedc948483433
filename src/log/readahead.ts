import type { Block } from './blocks.js';
import type { CatchingUp, CatchUp } from './catching-up.js';
import type { ReadClass } from './read-budget.js';

/** What is read ahead in: the blocks of one partition. */
export interface BlockSequence {
  /**
   * The block that holds `offset`, or the first one after it; undefined at the end. A promise when the object store has
   * to be asked, which throws ObjectStoreError.
   */
  blockFrom(offset: number): Block | undefined | Promise<Block | undefined>;

  /** The blocks in a WAL object, of those from `offset` on that are `maxBytes` together. */
  blocksIn(objectKey: string, offset: number, maxBytes: number): readonly Block[];
}

/** Reads blocks for whom nobody waits yet. */
export interface AheadReader {
  /** Whether the block is in memory or on its way now; false when there is no room for it. */
  loadAhead(block: Block): boolean;

  /** Is told which partitions are read. */
  readonly catchingUp: Pick<CatchingUp, 'note'>;
}

/** Readers at different places of one partition that are told apart; of more, the least recent are forgotten. */
const MAX_STREAMS = 8;
/** From this many blocks in a row on a reader is one who catches up. */
const BACKFILL_FROM_BLOCKS = 4;

/** One or more readers who read block after block. */
interface Stream {
  /** Offsets of the block that is being read. */
  baseOffset: number;
  nextOffset: number;
  /** Blocks read in a row. */
  run: number;
  /** How many blocks to read ahead. */
  window: number;
  /** What is in memory or on its way, in offset order. */
  ahead: { readonly baseOffset: number; readonly length: number }[];
  /** Where reading ahead goes on. */
  frontier: number;
  isFilling: boolean;
}

/**
 * Notices who reads a partition block after block, and has the next blocks read before they are asked for: one at the
 * second block in a row, then twice as many with each block, up to a bound in bytes. It looks at what is read, not at
 * who reads: ten consumers at the same place are one.
 */
export class Readahead implements CatchUp {
  /** The most recent last. */
  private readonly streams: Stream[] = [];

  /** @param maxBytes most bytes ahead of one reader; 0 turns it off */
  constructor(
    private readonly sequence: BlockSequence,
    private readonly reader: AheadReader,
    private readonly maxBytes: number,
  ) {}

  /** For whom a block that is not in memory is wanted. */
  classOf({ baseOffset }: Block): ReadClass {
    const stream = this.streams.find(({ nextOffset }) => nextOffset === baseOffset);
    return stream !== undefined && stream.run >= BACKFILL_FROM_BLOCKS ? 'backfill' : 'tail';
  }

  /** Takes note of a block that a reader was given batches of. */
  wasRead(block: Block): void {
    // At the end of the log everything is in memory.
    if (block.batches !== undefined) return;
    const stream = this.streamAt(block);
    this.reader.catchingUp.note(this);
    if (stream.run > 1 && !stream.isFilling) this.fill(stream);
  }

  /**
   * Bounded, so that a reader who goes away costs no more than that. Twice what is read ahead: others, who read ahead so far
   * too, may be ahead of this reader by as much.
   */
  soonWanted(objectKey: string): readonly Block[] {
    return this.streams.flatMap(({ nextOffset }) => this.sequence.blocksIn(objectKey, nextOffset, 2 * this.maxBytes));
  }

  private streamAt({ baseOffset, lastOffset }: Block): Stream {
    let index = this.streams.findIndex((stream) => stream.baseOffset === baseOffset);
    let [stream] = index < 0 ? [] : this.streams.splice(index, 1);
    if (stream === undefined) {
      index = this.streams.findIndex(({ nextOffset }) => nextOffset === baseOffset);
      [stream] = index < 0 ? [] : this.streams.splice(index, 1);
      if (stream === undefined) stream = newStream();
      advance(stream, baseOffset, lastOffset + 1);
    }
    this.streams.push(stream);
    if (this.streams.length > MAX_STREAMS) this.streams.shift();
    return stream;
  }

  /** Within one turn as far as the object store need not be asked, so that partitions can be read ahead together. */
  private fill(stream: Stream): void {
    while (stream.ahead.length < stream.window && aheadBytes(stream) < this.maxBytes) {
      const next = this.sequence.blockFrom(stream.frontier);
      if (next instanceof Promise) {
        stream.isFilling = true;
        void this.fillLater(stream, next);
        return;
      }
      if (!this.take(stream, next)) return;
    }
  }

  private async fillLater(stream: Stream, coming: Promise<Block | undefined>): Promise<void> {
    try {
      const isTaken = this.take(stream, await coming);
      stream.isFilling = false;
      if (isTaken) this.fill(stream);
    } catch {
      // Whoever needs it will ask again, and is told what is wrong.
      stream.isFilling = false;
    }
  }

  private take(stream: Stream, block: Block | undefined): boolean {
    if (block === undefined || block.batches !== undefined) return false;
    // A reader who came after this was asked for may have overtaken it.
    if (block.lastOffset < stream.nextOffset) {
      stream.frontier = stream.nextOffset;
      return true;
    }
    if (aheadBytes(stream) + block.length > this.maxBytes || !this.reader.loadAhead(block)) return false;
    stream.ahead.push(block);
    stream.frontier = block.lastOffset + 1;
    return true;
  }
}

function newStream(): Stream {
  return { baseOffset: 0, nextOffset: 0, run: 0, window: 0, ahead: [], frontier: 0, isFilling: false };
}

function advance(stream: Stream, baseOffset: number, nextOffset: number): void {
  stream.baseOffset = baseOffset;
  stream.nextOffset = nextOffset;
  stream.run += 1;
  stream.window = stream.run < 2 ? 0 : Math.max(1, stream.window * 2);
  stream.ahead = stream.ahead.filter((block) => block.baseOffset >= nextOffset);
  stream.frontier = Math.max(stream.frontier, nextOffset);
}

function aheadBytes({ ahead }: Stream): number {
  return ahead.reduce((sum, { length }) => sum + length, 0);
}
