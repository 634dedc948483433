import { crc32c } from '../checksum/crc32c.js';
import { decodeSegmentFooter, decodeSegmentHeader, SegmentFormatError } from '../storage/segment-format.js';
import type { SegmentRef } from './segment-cut.js';

/** Checks a segment against its manifest, header and footer while it is read from front to end. */
export class SegmentCheck {
  private bodyCrc32c = 0;

  constructor(private readonly segment: SegmentRef) {}

  /** @throws SegmentFormatError when this is not the header that the segment should have */
  header(bytes: Buffer): void {
    const { key, baseOffset } = this.segment;
    const header = decodeSegmentHeader(bytes, key);
    if (header.baseOffset !== baseOffset) {
      throw new SegmentFormatError(`${key} begins at offset ${header.baseOffset} instead of ${baseOffset}`);
    }
  }

  /** Takes the next bytes of the body. */
  body(bytes: Buffer): void {
    this.bodyCrc32c = crc32c(bytes, this.bodyCrc32c);
  }

  /**
   * @param bytes the footer, or more of the segment's end
   * @throws SegmentFormatError when it doesn't belong to the body or the segment
   */
  footer(bytes: Buffer): void {
    const { key, lastOffset } = this.segment;
    const footer = decodeSegmentFooter(bytes, key);
    if (footer.lastOffset !== lastOffset) {
      throw new SegmentFormatError(`${key} ends at offset ${footer.lastOffset} instead of ${lastOffset}`);
    }
    if (footer.bodyCrc32c !== this.bodyCrc32c)
      throw new SegmentFormatError(`${key} has a damaged body (CRC-32C mismatch)`);
  }
}
