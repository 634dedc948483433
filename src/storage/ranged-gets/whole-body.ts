import { Readable } from 'node:stream';

/** A body that has arrived. The SDK takes it for a stream; who knows better takes {@link bytes}. */
export class WholeBody extends Readable {
  /** @param announcedBytes length of the body, also of one that was too long to be read */
  constructor(
    readonly bytes: Buffer,
    readonly announcedBytes: number,
  ) {
    super();
  }

  override _read(): void {
    this.push(this.bytes);
    this.push(null);
  }
}
