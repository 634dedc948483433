import { CloseConnection } from './close-connection.js';

const SIZE_BYTES = 4;

export interface FrameSink {
  /**
   * Asked before memory is allocated for a frame. The answer "no" makes the reader stop where it is, until
   * {@link FrameReader.resume} asks again.
   */
  admit(frameBytes: number): boolean;
  /** A whole frame without its size prefix, in memory of its own. */
  frame(frame: Buffer): void;
}

/**
 * Cuts a byte stream into frames (int32 size, then as many bytes), whatever pieces it arrives in. Each byte is copied
 * once, into memory of the frame's own: slices of a frame that are kept pin nothing else.
 */
export class FrameReader {
  private readonly size = Buffer.alloc(SIZE_BYTES);
  private sizeFilled = 0;
  private frame: Buffer | undefined;
  private filled = 0;
  private chunk: Buffer | undefined;
  private chunkAt = 0;
  private blocked = false;

  /** @param maxFrameBytes largest frame accepted, its size prefix not counted */
  constructor(
    private readonly sink: FrameSink,
    private readonly maxFrameBytes: number,
  ) {}

  /** The sink has refused a frame; received bytes are kept for it. */
  get isBlocked(): boolean {
    return this.blocked;
  }

  /** Part of a frame, or of its size, has arrived, and the rest is awaited. */
  get isMidFrame(): boolean {
    return !this.blocked && (this.sizeFilled > 0 || this.frame !== undefined);
  }

  /** @throws CloseConnection if a frame's size is negative or too large; nothing was allocated for it */
  push(chunk: Buffer): void {
    if (this.chunk === undefined) {
      this.chunk = chunk;
      this.chunkAt = 0;
    } else {
      this.chunk = Buffer.concat([this.chunk.subarray(this.chunkAt), chunk]);
      this.chunkAt = 0;
    }
    if (!this.blocked) this.read();
  }

  /** Goes on after the sink's "no", with the bytes that are there already. Throws as {@link push} does. */
  resume(): void {
    if (this.blocked) this.read();
  }

  /** Drops what has arrived. */
  discard(): void {
    this.sizeFilled = 0;
    this.frame = undefined;
    this.chunk = undefined;
    this.blocked = false;
  }

  private read(): void {
    while (this.chunk !== undefined) {
      if (this.frame === undefined && !this.startFrame()) return;
      this.fillFrame();
    }
  }

  /** @returns false when there is nothing to go on with */
  private startFrame(): boolean {
    while (this.sizeFilled < SIZE_BYTES) {
      const byte = this.takeByte();
      if (byte === undefined) return false;
      this.size[this.sizeFilled++] = byte;
    }
    const bytes = this.size.readInt32BE(0);
    if (bytes < 0 || bytes > this.maxFrameBytes) {
      this.discard();
      throw new CloseConnection(`frame of ${bytes} bytes; 0 to ${this.maxFrameBytes} are accepted`);
    }
    this.blocked = !this.sink.admit(bytes);
    if (this.blocked) return false;
    this.sizeFilled = 0;
    this.frame = Buffer.allocUnsafeSlow(bytes);
    this.filled = 0;
    return true;
  }

  private takeByte(): number | undefined {
    const byte = this.chunk?.[this.chunkAt];
    if (byte === undefined) this.chunk = undefined;
    else this.chunkAt++;
    return byte;
  }

  private fillFrame(): void {
    const { frame, chunk } = this;
    if (frame === undefined || chunk === undefined) return;
    const copied = chunk.copy(frame, this.filled, this.chunkAt);
    this.filled += copied;
    this.chunkAt += copied;
    if (this.chunkAt === chunk.length) this.chunk = undefined;
    if (this.filled < frame.length) return;
    this.frame = undefined;
    this.sink.frame(frame);
  }
}
