/** The writable end of a gRPC stream. */
export interface EventSink<T> {
  /** @returns false when nothing more should be written before the event `drain` */
  write(event: T): boolean;
  on(name: 'drain', listener: () => void): unknown;
  off(name: 'drain', listener: () => void): unknown;
}

/**
 * Writes events to a stream as fast as its reader takes them. What has to wait is kept up to a limit: a reader that falls
 * further behind has lost the stream.
 */
export class PacedStream<T> {
  private readonly waiting: T[] = [];
  private first: Iterator<T> | undefined;
  private isWritable = true;
  private isEnding = false;
  private isOver = false;
  private readonly pump = () => {
    this.isWritable = true;
    this.writeOn();
  };

  /**
   * @param limit most events that wait, beside the first ones
   * @param done is called once: when all was written after {@link end}, or with 'too slow'
   */
  constructor(
    private readonly sink: EventSink<T>,
    private readonly limit: number,
    private readonly done: (reason: 'written' | 'too slow') => void,
  ) {
    sink.on('drain', this.pump);
  }

  /** Writes these before all that is pushed: they are drawn one by one, and don't count. */
  begin(first: Iterable<T>): void {
    this.first = first[Symbol.iterator]();
    this.writeOn();
  }

  /** @param event is written after those before it, and after {@link begin}'s */
  push(event: T): void {
    if (this.isOver) return;
    this.waiting.push(event);
    if (this.waiting.length > this.limit) this.finish('too slow');
    else this.writeOn();
  }

  /** No more events will come. */
  end(): void {
    this.isEnding = true;
    this.writeOn();
  }

  /** Forgets what has not been written. */
  close(): void {
    this.isOver = true;
    this.waiting.length = 0;
    this.sink.off('drain', this.pump);
  }

  private writeOn(): void {
    while (this.isWritable && !this.isOver && this.first !== undefined) {
      const next = this.first.next();
      if (next.done === true) break;
      this.isWritable = this.sink.write(next.value);
    }
    let written = 0;
    while (this.isWritable && !this.isOver && this.first !== undefined && written < this.waiting.length) {
      this.isWritable = this.sink.write(this.waiting[written] as T);
      written += 1;
    }
    this.waiting.splice(0, written);
    if (this.isWritable && this.isEnding && !this.isOver && this.waiting.length === 0) this.finish('written');
  }

  private finish(reason: 'written' | 'too slow'): void {
    this.close();
    this.done(reason);
  }
}
