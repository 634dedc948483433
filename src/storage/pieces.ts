import { crc32c } from '../checksum/crc32c.js';
import { ObjectCorruptError } from './object-store.js';

/** A body in pieces: what a caller gathered, uploaded without putting it together first. */

/** Length of the whole body in bytes. */
export function totalBytes(pieces: readonly Buffer[]): number {
  let total = 0;
  for (const piece of pieces) total += piece.length;
  return total;
}

/** CRC-32C of the whole body. */
export function checksumOf(pieces: readonly Buffer[]): number {
  let crc = 0;
  for (const piece of pieces) crc = crc32c(piece, crc);
  return crc;
}

/** @throws ObjectCorruptError when the body does not have the announced CRC-32C */
export function assertChecksum(key: string, pieces: readonly Buffer[], announced: number): void {
  const actual = checksumOf(pieces);
  if (actual !== announced) {
    throw new ObjectCorruptError(`${key} not stored: its CRC-32C is ${hex(actual)}, announced was ${hex(announced)}`);
  }
}

function hex(crc: number): string {
  return crc.toString(16).padStart(8, '0');
}

/** Pieces at least this long are worth a write of their own. */
const LARGE_PIECE_BYTES = 64 * 1024;

/**
 * The same bytes in few pieces: runs of small ones (record batches are often a few hundred bytes) are joined, large
 * ones are passed on as they are. Copies at most what is small.
 */
export function coalesce(pieces: readonly Buffer[]): Buffer[] {
  const result: Buffer[] = [];
  let run: Buffer[] = [];
  let runBytes = 0;
  const endRun = () => {
    if (run.length > 0) result.push(run.length === 1 ? (run[0] as Buffer) : Buffer.concat(run, runBytes));
    run = [];
    runBytes = 0;
  };
  for (const piece of pieces) {
    if (piece.length === 0) continue;
    if (piece.length >= LARGE_PIECE_BYTES) {
      endRun();
      result.push(piece);
      continue;
    }
    run.push(piece);
    runBytes += piece.length;
    if (runBytes >= 4 * LARGE_PIECE_BYTES) endRun();
  }
  endRun();
  return result;
}
