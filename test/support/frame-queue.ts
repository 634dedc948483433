import type { Socket } from 'node:net';

const SIZE_BYTES = 4;
const PATIENCE_MS = 10_000;

interface Waiter {
  readonly what: string;
  readonly resolve: (frame: Buffer) => void;
  readonly reject: (error: Error) => void;
}

/** The size-prefixed frames that arrive on a socket, handed to those who wait for them in order. */
export class FrameQueue {
  private rest: Buffer = Buffer.alloc(0);
  private readonly frames: Buffer[] = [];
  private readonly waiters: Waiter[] = [];
  private ended = false;

  constructor(socket: Socket) {
    socket.on('data', (chunk) => this.take(chunk));
    // A reset is one of the ways in which brokers close; 'close' follows.
    socket.on('error', () => undefined);
    socket.on('end', () => this.end());
    socket.on('close', () => this.end());
  }

  /** @throws {Error} when the connection ends or ten seconds pass before a frame comes */
  next(what: string): Promise<Buffer> {
    const frame = this.frames.shift();
    if (frame !== undefined) return Promise.resolve(frame);
    if (this.ended) return Promise.reject(new Error(`connection closed, no answer to ${what}`));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiters.splice(this.waiters.indexOf(waiter), 1);
        reject(new Error(`no answer to ${what} for ${PATIENCE_MS} ms`));
      }, PATIENCE_MS);
      const waiter: Waiter = {
        what,
        resolve: (arrived) => {
          clearTimeout(timer);
          resolve(arrived);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.waiters.push(waiter);
    });
  }

  /** @throws {Error} when a frame comes instead, or ten seconds pass, before the connection ends */
  async closed(): Promise<void> {
    let frame: Buffer;
    try {
      frame = await this.next('what should close the connection');
    } catch (error) {
      if (this.ended) return;
      throw error;
    }
    throw new Error(`the connection should close without an answer, got ${frame.toString('hex')}`);
  }

  private take(chunk: Buffer): void {
    this.rest = this.rest.length === 0 ? chunk : Buffer.concat([this.rest, chunk]);
    while (this.rest.length >= SIZE_BYTES) {
      const size = this.rest.readInt32BE();
      if (this.rest.length < SIZE_BYTES + size) return;
      const frame = this.rest.subarray(SIZE_BYTES, SIZE_BYTES + size);
      this.rest = this.rest.subarray(SIZE_BYTES + size);
      const waiter = this.waiters.shift();
      if (waiter) waiter.resolve(frame);
      else this.frames.push(frame);
    }
  }

  private end(): void {
    if (this.ended) return;
    this.ended = true;
    for (const { what, reject } of this.waiters.splice(0)) {
      reject(new Error(`connection closed, no answer to ${what}`));
    }
  }
}
