import { ManifestFormatError } from '../../storage/manifest-format.js';
import { SegmentFormatError } from '../../storage/segment-format.js';
import { WalFormatError } from '../../storage/wal-format.js';
import { inspectManifest } from './inspect-manifest.js';
import { inspectIndex, inspectSegment } from './inspect-segment.js';
import { inspectWalObject } from './inspect-wal.js';
import { damage, type Item } from './item.js';

const INSPECTORS: Readonly<
  Record<string, (object: Buffer, name: string, withRecords: boolean) => Generator<Item, void, undefined>>
> = {
  KAFS: inspectSegment,
  'IDX\0': inspectIndex,
  KWAL: inspectWalObject,
  KMAN: inspectManifest,
};

/** Everything in a segment, an index, a WAL object or a manifest, recognised by its first bytes; damage among it. */
export function* inspect(object: Buffer, name: string, withRecords: boolean): Generator<Item, void, undefined> {
  const inspector = INSPECTORS[object.toString('latin1', 0, 4)];
  if (inspector === undefined) {
    yield damage(0, 'its first bytes are those of no segment, index, WAL object or manifest');
    return;
  }
  try {
    yield* inspector(object, name, withRecords);
  } catch (error) {
    if (!isFormatError(error)) throw error;
    yield damage(0, error.message);
  }
}

function isFormatError(error: unknown): error is Error {
  return error instanceof SegmentFormatError || error instanceof WalFormatError || error instanceof ManifestFormatError;
}
