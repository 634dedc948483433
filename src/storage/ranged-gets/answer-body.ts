/** The body of an answer while it arrives. */
export interface AnswerBody {
  /** Where the next bytes go; undefined: anywhere, they are taken over by {@link take}. */
  readonly room: Buffer | undefined;
  /** So many bytes were put into {@link room}. */
  filled(count: number): void;
  /**
   * Takes bytes that are somewhere else, by copying them.
   *
   * @throws Error when they don't belong to this body, or it gets too large
   */
  take(bytes: Buffer): void;
  readonly isComplete: boolean;
  /** What has arrived; all of it when the body is complete. */
  readonly bytes: Buffer;
}

/** One system call reads no more than this, so that no connection keeps the event loop to itself. */
const MOST_AT_ONCE_BYTES = 1024 * 1024;

/** A body whose length was announced, in memory of just that size. */
export class BodyOfLength implements AnswerBody {
  readonly bytes: Buffer;
  private received = 0;

  constructor(length: number) {
    this.bytes = Buffer.allocUnsafeSlow(length);
  }

  get room(): Buffer {
    return this.bytes.subarray(this.received, this.received + MOST_AT_ONCE_BYTES);
  }

  get isComplete(): boolean {
    return this.received === this.bytes.length;
  }

  filled(count: number): void {
    this.received += count;
  }

  take(bytes: Buffer): void {
    if (bytes.length > this.bytes.length - this.received) throw new Error('the server sent more than it announced');
    this.received += bytes.copy(this.bytes, this.received);
  }
}

/** A body that ends with the connection. */
export class BodyUntilEnd implements AnswerBody {
  readonly room = undefined;
  readonly isComplete = false;
  private readonly pieces: Buffer[] = [];
  private received = 0;

  constructor(private readonly maxBytes: number) {}

  get bytes(): Buffer {
    return Buffer.concat(this.pieces);
  }

  filled(): void {
    throw new Error('there is no room to fill');
  }

  take(bytes: Buffer): void {
    this.received += bytes.length;
    if (this.received > this.maxBytes) throw new Error(`the server sent more than ${this.maxBytes} bytes`);
    this.pieces.push(Buffer.from(bytes));
  }
}

/** Far more than a size in hexadecimal, its extensions and a trailer need. */
const MAX_CHUNK_LINE_BYTES = 1024;

/** A body in chunks (RFC 9112, 7.1), as servers send their errors. Extensions and trailers are skipped. */
export class ChunkedBody implements AnswerBody {
  readonly room = undefined;
  isComplete = false;
  private readonly body: BodyUntilEnd;
  private line = '';
  /** Bytes of the current chunk that are to come, with the line break after it. */
  private rest = 0;
  private isLast = false;

  constructor(maxBytes: number) {
    this.body = new BodyUntilEnd(maxBytes);
  }

  get bytes(): Buffer {
    return this.body.bytes;
  }

  filled(): void {
    throw new Error('there is no room to fill');
  }

  take(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      if (this.isComplete) throw new Error('the server sent more than its last chunk');
      if (this.rest > 0) {
        const count = Math.min(this.rest, bytes.length - at);
        // Without the line break.
        const data = Math.max(0, Math.min(count, this.rest - 2));
        if (data > 0) this.body.take(bytes.subarray(at, at + data));
        this.rest -= count;
        at += count;
        continue;
      }
      const lineEnd = bytes.indexOf('\n', at);
      const end = lineEnd < 0 ? bytes.length : lineEnd;
      this.line += bytes.toString('latin1', at, end);
      if (this.line.length > MAX_CHUNK_LINE_BYTES) throw new Error('the server sent no size of a chunk');
      if (lineEnd >= 0) this.endLine();
      at = end + 1;
    }
  }

  private endLine(): void {
    const line = this.line.trimEnd();
    this.line = '';
    if (this.isLast) {
      this.isComplete = line === '';
      return;
    }
    const [, size] = /^([0-9a-fA-F]{1,8})(?:[ \t]*;.*)?$/.exec(line) ?? [];
    if (size === undefined) throw new Error(`the server sent "${line}" as the size of a chunk`);
    const length = Number.parseInt(size, 16);
    this.isLast = length === 0;
    this.rest = this.isLast ? 0 : length + 2;
  }
}
